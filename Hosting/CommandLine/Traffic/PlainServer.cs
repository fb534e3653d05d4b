using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>One service on a plain .NET listening socket, in the usual style for throughput.</summary>
internal sealed class PlainServer : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly Socket _listener;
    private readonly Func<Socket, Task> _serve;

    public PlainServer(string service, IPEndPoint endPoint, string? congestion)
    {
        _serve = service switch
        {
            "echo" => EchoAsync,
            "discard" => DiscardAsync,
            "chargen" => GenerateAsync,
            "transfer" => TransferAsync,
            _ => throw new ArgumentOutOfRangeException(nameof(service)),
        };
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        SocketCongestion.Choose(_listener, congestion);
        _listener.Bind(endPoint);
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception error)
            when (error is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // The listener was closed.
            return;
        }
        catch (SocketException error)
        {
            Console.Error.WriteLine($"{_listener.LocalEndPoint} accepts no more connections: {error.Message}");
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            try
            {
                await _serve(socket);
            }
            catch (SocketException)
            {
                // The client went away.
                return;
            }
            catch (Exception error)
            {
                Console.Error.WriteLine($"A connection to {_listener.LocalEndPoint} failed: {error}");
            }
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        // An idle connection holds no buffer, as pipes do.
        while (true)
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
            var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
            var count = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None);
            if (count > 0) await socket.SendAsync(buffer.AsMemory(0, count), SocketFlags.None);
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            if (count == 0) return;
        }
    }

    private static async Task DiscardAsync(Socket socket)
    {
        var buffer = new byte[BufferSize];
        while (await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None) > 0) ;
    }

    private static async Task GenerateAsync(Socket socket)
    {
        var buffer = new byte[BufferSize];
        while (true) await socket.SendAsync(buffer.AsMemory(), SocketFlags.None);
    }

    private static async Task TransferAsync(Socket socket)
    {
        var request = new byte[TransferHandler.RequestSize];
        if (await socket.ReceiveAsync(request.AsMemory(), SocketFlags.None) < request.Length) return;
        var most = BinaryPrimitives.ReadInt64LittleEndian(request);
        var (hash, pattern, received, ended) = (new ResumableDigest(), new TestPattern(seed: 2), 0L, false);
        var receiving = Task.Run(async () =>
        {
            var buffer = new byte[BufferSize];
            while (await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None) is var count and > 0)
            {
                hash.Append(buffer.AsSpan(0, count));
                received += count;
            }

            Volatile.Write(ref ended, true);
        });
        while (pattern.Bytes < most && !Volatile.Read(ref ended))
            await socket.SendAsync(pattern.Next(most - pattern.Bytes), SocketFlags.None);
        await receiving;
        var trailer = new byte[TransferTrailer.Size];
        new TransferTrailer(received, hash.Current, pattern.Bytes, pattern.Digest.Current).Write(trailer);
        await socket.SendAsync(trailer.AsMemory(), SocketFlags.None);
    }
}
