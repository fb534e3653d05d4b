using System.Buffers;
using System.Buffers.Binary;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// A verified bulk transfer in both directions at once. The peer first sends the most bytes that it wants (64 bits,
/// little-endian), then any payload. Its FIN ends both directions; the trailer then reports the bytes received and sent. The
/// transfer moves between nodes; its state has the counts and digests.
/// </summary>
internal sealed class TransferHandler : ConnectionHandler, IMovableHandler
{
    public const int RequestSize = 8;

    private const int PatternSeed = 2;

    private ResumableDigest _received = new();
    private TestPattern _pattern = new(PatternSeed);
    private long _most;
    private long _receivedBytes;
    private volatile bool _ended;

    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.IsEmpty ? null : TransferState.WhyUnreadable(state.Span);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var stopping = connection.ConnectionClosedRequested;
        if (!connection.State.IsEmpty)
        {
            Continue(TransferState.Read(connection.State.Span));
        }
        else if (!await TryReadRequestAsync(connection, stopping))
        {
            connection.Leave();
            return;
        }

        await Task.WhenAll(ReceiveAsync(connection, stopping), SendAsync(connection, stopping));
        if (_ended) await ReportAsync(connection, stopping);
        else connection.Leave(new TransferState(_most, _receivedBytes, _received, _pattern.Bytes, _pattern.Digest).Write());
    }

    private void Continue(TransferState state)
    {
        (_most, _receivedBytes, _received) = (state.Most, state.ReceivedBytes, state.Received);
        _pattern = new TestPattern(PatternSeed, state.SentBytes, state.Sent);
    }

    /// <summary>Reads the request. False: the connection is to move before it has come.</summary>
    private async Task<bool> TryReadRequestAsync(ConnectionContext connection, CancellationToken stopping)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAtLeastAsync(RequestSize, stopping);
            if (read.Buffer.Length >= RequestSize)
            {
                var request = read.Buffer.Slice(0, RequestSize);
                _most = BinaryPrimitives.ReadInt64LittleEndian(request.ToArray());
                input.AdvanceTo(request.End);
                return true;
            }

            if (read.IsCompleted) throw new InvalidDataException("the peer closed before its request");
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (connection.IsLeaving) return false;
        }
    }

    /// <summary>Receives to the end of the input, or until the connection is to move.</summary>
    private async Task ReceiveAsync(ConnectionContext connection, CancellationToken stopping)
    {
        var input = connection.Transport.Input;
        var leaves = false;
        try
        {
            while (!leaves)
            {
                var read = await input.ReadAsync(stopping);
                foreach (var part in read.Buffer) _received.Append(part.Span);
                _receivedBytes += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
                leaves = connection.IsLeaving;
            }
        }
        finally
        {
            _ended = !leaves;
        }
    }

    private async Task SendAsync(ConnectionContext connection, CancellationToken stopping)
    {
        var output = connection.Transport.Output;
        while (_pattern.Bytes < _most && !_ended && !connection.IsLeaving)
        {
            output.Write(_pattern.Next(_most - _pattern.Bytes).Span);
            if ((await output.FlushAsync(stopping)).IsCompleted) return;
        }
    }

    private async Task ReportAsync(ConnectionContext connection, CancellationToken stopping)
    {
        var output = connection.Transport.Output;
        var trailer = new TransferTrailer(_receivedBytes, _received.Current, _pattern.Bytes, _pattern.Digest.Current);
        trailer.Write(output.GetSpan(TransferTrailer.Size));
        output.Advance(TransferTrailer.Size);
        await output.FlushAsync(stopping);
    }
}
