using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>Peers and applications of the tests.</summary>
internal static class Streams
{
    private const int ChunkSize = 64 * 1024;

    /// <summary>Writes back what it reads until the peer is done, then completes both pipes.</summary>
    public static async Task EchoAsync(IDuplexPipe pipe)
    {
        await pipe.Input.CopyToAsync(pipe.Output);
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    }

    /// <summary>The client sends random bytes, half-closes, and reads to the end. The digests of both.</summary>
    public static async Task<(string Sent, string Received)> ExchangeAsync(Socket client, long length, Progress? progress = null)
    {
        var receiving = Task.Run(() => DigestAsync(client, progress));
        var sent = await SendAsync(client, length);
        client.Shutdown(SocketShutdown.Send);
        return (sent, await receiving);
    }

    public static async Task<string> SendAsync(Socket socket, long length, CancellationToken stop = default)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(7);
        var chunk = new byte[ChunkSize];
        for (var left = length; left > 0 && !stop.IsCancellationRequested;)
        {
            random.NextBytes(chunk.AsSpan(0, 1024));
            var part = chunk.AsMemory(0, (int)Math.Min(left, chunk.Length));
            digest.AppendData(part.Span);
            for (var sent = 0; sent < part.Length;)
                sent += await socket.SendAsync(part[sent..], SocketFlags.None, CancellationToken.None);
            left -= part.Length;
        }

        return Convert.ToHexString(digest.GetHashAndReset());
    }

    public static async Task<string> DigestAsync(Socket socket, Progress? progress = null)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkSize];
        while (await socket.ReceiveAsync(chunk) is > 0 and var count)
        {
            digest.AppendData(chunk.AsSpan(0, count));
            progress?.Add(count);
        }

        progress?.Complete();
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    /// <summary>Single bytes to and fro: the round trip is then measured without what a first use costs.</summary>
    public static async Task WarmUpAsync(Socket client, IDuplexPipe pipe)
    {
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync(new byte[1]);
            await pipe.Output.WriteAsync(await ReadExactlyAsync(pipe.Input, 1));
            await ReadExactlyAsync(client, 1);
        }

        // Brings the acknowledgment of the last echo along.
        await client.SendAsync(new byte[1]);
        await ReadExactlyAsync(pipe.Input, 1);
    }

    public static async Task<byte[]> ReadExactlyAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var got = await socket.ReceiveAsync(bytes.AsMemory(read), SocketFlags.None);
            if (got == 0) throw new EndOfStreamException($"the stream ended after {read} of {count} bytes");
            read += got;
        }

        return bytes;
    }

    public static async Task<byte[]> ReadExactlyAsync(PipeReader reader, int count)
    {
        var result = await reader.ReadAtLeastAsync(count);
        var bytes = result.Buffer.Slice(0, Math.Min(count, result.Buffer.Length)).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(bytes.Length));
        return bytes;
    }
}
