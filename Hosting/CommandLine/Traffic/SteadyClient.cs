using System.Diagnostics;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Sends a block at a fixed rate on one connection to an echo service, and compares the echo.</summary>
internal static class SteadyClient
{
    private const int BlockSize = 16 * 1024;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(2);

    public static async Task<SteadyResult> RunAsync(Socket socket, TimeSpan time, CancellationToken stop)
    {
        var (pattern, received) = (new TestPattern(seed: 3), new byte[BlockSize]);
        var (clock, bytes, longest) = (Stopwatch.StartNew(), 0L, TimeSpan.Zero);
        string? failure = null;
        try
        {
            while (clock.Elapsed < time && !stop.IsCancellationRequested)
            {
                var start = clock.Elapsed;
                await ExchangeAsync(socket, pattern.Next(BlockSize), received);
                bytes += BlockSize;
                var took = clock.Elapsed - start;
                if (took > longest) longest = took;
                if (took < Period) await Task.Delay(Period - took, CancellationToken.None);
            }
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            failure = error.Message;
        }

        return new SteadyResult(bytes, clock.Elapsed.TotalSeconds, longest.TotalMilliseconds, failure);
    }

    private static async Task ExchangeAsync(Socket socket, ReadOnlyMemory<byte> block, byte[] received)
    {
        await socket.SendAsync(block, SocketFlags.None);
        for (var count = 0; count < block.Length;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(count, block.Length - count), SocketFlags.None);
            count += read > 0 ? read : throw new IOException("the service closed the connection");
        }

        if (!received.AsSpan(0, block.Length).SequenceEqual(block.Span)) throw new IOException("bytes differ");
    }
}
