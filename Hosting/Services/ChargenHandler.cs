using System.Buffers.Binary;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Services;

/// <summary>
/// Character generator (RFC 864): sends lines of 72 printing characters, each starting one character later, until the peer
/// closes, and discards the payload of the peer. It moves between nodes; its state is its place in the lines.
/// </summary>
public sealed class ChargenHandler : ConnectionHandler, IMovableHandler
{
    private const int FirstCharacter = 32;
    private const int Characters = 95;
    private const int LineLength = 72;
    private const int PeriodLength = Characters * (LineLength + 2);
    private const int Chunk = 60 * 1024;

    /// <summary>The first byte of the state. The other two are the place in the period, little-endian.</summary>
    private const byte StateVersion = 1;
    private const int StateSize = 3;

    /// <summary>The periods that a chunk holds, so that it can start at any place in the first one.</summary>
    private static readonly byte[] Pattern = CreatePattern((Chunk / PeriodLength) + 2);

    /// <inheritdoc/>
    public static string? WhyRefused(ReadOnlyMemory<byte> state)
    {
        var bytes = state.Span;
        if (bytes.IsEmpty) return null;
        if (bytes[0] != StateVersion) return $"the state is of version {bytes[0]}, and this build reads version {StateVersion}";
        return bytes.Length == StateSize && BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]) < PeriodLength
            ? null
            : "the state is no place in the lines";
    }

    /// <summary>
    /// Serves the connection. Both directions have ended when it returns, so that neither uses a disposed object.
    /// </summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var stopping = connection.ConnectionClosedRequested;
        using var peerClosed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var generating = GenerateAsync(connection, peerClosed, stopping);
        var discarding = DiscardAsync(connection, peerClosed);
        await Task.WhenAll(generating, discarding);
        if (await discarding) return;
        connection.Leave(StateOf(await generating));
    }

    private static byte[] StateOf(int position)
    {
        var state = new byte[StateSize];
        state[0] = StateVersion;
        BinaryPrimitives.WriteUInt16LittleEndian(state.AsSpan(1), (ushort)position);
        return state;
    }

    /// <summary>Sends until the peer closes or the connection is to move. Returns the place in the period.</summary>
    private static async Task<int> GenerateAsync(
        ConnectionContext connection, CancellationTokenSource peerClosed, CancellationToken stopping)
    {
        var output = connection.Transport.Output;
        var position = connection.State.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(connection.State.Span[1..]);
        try
        {
            while (!peerClosed.IsCancellationRequested && !connection.IsLeaving)
            {
                Pattern.AsSpan(position, Chunk).CopyTo(output.GetSpan(Chunk));
                output.Advance(Chunk);
                position = (position + Chunk) % PeriodLength;
                if ((await output.FlushAsync(peerClosed.Token)).IsCompleted) break;
            }

            return position;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The peer closed its side, which ends the service.
            return position;
        }
        catch
        {
            await peerClosed.CancelAsync();
            throw;
        }
    }

    /// <summary>
    /// Reads until the peer closes, which ends the other direction too. False: the connection is to move first.
    /// </summary>
    private static async Task<bool> DiscardAsync(ConnectionContext connection, CancellationTokenSource peerClosed)
    {
        var leaves = false;
        try
        {
            leaves = !await DiscardHandler.DiscardAsync(connection, peerClosed.Token);
            return !leaves;
        }
        finally
        {
            if (!leaves) await peerClosed.CancelAsync();
        }
    }

    private static byte[] CreatePattern(int periods)
    {
        var pattern = new byte[periods * PeriodLength];
        for (var i = 0; i < pattern.Length; i++)
        {
            var (line, column) = Math.DivRem(i, LineLength + 2);
            pattern[i] = column switch
            {
                LineLength => (byte)'\r',
                LineLength + 1 => (byte)'\n',
                _ => (byte)(FirstCharacter + ((line + column) % Characters)),
            };
        }

        return pattern;
    }
}
