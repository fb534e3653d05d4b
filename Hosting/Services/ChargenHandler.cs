namespace ActorStack.Hosting.Services;

/// <summary>
/// Character generator (RFC 864): sends lines of 72 printing characters, each starting one character later, until the peer
/// closes, and discards the payload of the peer.
/// </summary>
public sealed class ChargenHandler : ConnectionHandler
{
    private const int FirstCharacter = 32;
    private const int Characters = 95;
    private const int LineLength = 72;
    private const int PeriodLength = Characters * (LineLength + 2);
    private const int Chunk = 60 * 1024;

    /// <summary>The periods that a chunk holds, so that it can start at any place in the first one.</summary>
    private static readonly byte[] Pattern = CreatePattern((Chunk / PeriodLength) + 2);

    /// <summary>
    /// Serves the connection. Both directions have ended when it returns, so that neither uses a disposed object.
    /// </summary>
    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        using var peerClosed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAll(GenerateAsync(connection, peerClosed, stopping), DiscardAsync(connection, peerClosed));
    }

    private static async Task GenerateAsync(Connection connection, CancellationTokenSource peerClosed, CancellationToken stopping)
    {
        var output = connection.Pipe.Output;
        var position = 0;
        try
        {
            while (!peerClosed.IsCancellationRequested)
            {
                Pattern.AsSpan(position, Chunk).CopyTo(output.GetSpan(Chunk));
                output.Advance(Chunk);
                position = (position + Chunk) % PeriodLength;
                if ((await output.FlushAsync(peerClosed.Token)).IsCompleted) return;
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The peer closed its side, which ends the service.
            return;
        }
        catch
        {
            await peerClosed.CancelAsync();
            throw;
        }
    }

    private static async Task DiscardAsync(Connection connection, CancellationTokenSource peerClosed)
    {
        try
        {
            await new DiscardHandler().HandleAsync(connection, peerClosed.Token);
        }
        finally
        {
            await peerClosed.CancelAsync();
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
