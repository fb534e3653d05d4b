using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// Many clients, each of which connects at a fixed rate, transfers bytes in both directions, compares digests and closes. The
/// offered load is fixed and below the maximum, so that a lower result shows a disturbance.
/// </summary>
/// <param name="endPoint">The service.</param>
/// <param name="bytes">The bytes in each direction.</param>
/// <param name="period">The time from the start of a client's transfer to the start of its next.</param>
/// <param name="patience">A transfer that takes longer counts as failed.</param>
internal sealed class SwarmClient(IPEndPoint endPoint, long bytes, TimeSpan period, TimeSpan patience)
{
    private const int BufferSize = 64 * 1024;

    /// <summary>The default limit of a transfer, which leaves time for three retransmissions of a SYN.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private int _failed;
    private string? _error;

    public async Task<SwarmResult> RunAsync(int clients, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable.Range(0, clients).Select(one => Task.Run(() => WorkAsync(clock, one * period / clients, time))));
        var seconds = clock.Elapsed.TotalSeconds;
        var times = new Percentiles(_milliseconds);
        return new SwarmResult(
            _milliseconds.Count, _failed, _milliseconds.Count * 2 * bytes, seconds, times.At(0.5), times.At(0.99), _error);
    }

    private async Task WorkAsync(Stopwatch clock, TimeSpan due, TimeSpan time)
    {
        for (; due < time; due = due + period > clock.Elapsed ? due + period : clock.Elapsed)
        {
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed);
            var start = clock.Elapsed;
            try
            {
                using var limit = new CancellationTokenSource(patience);
                await TransferAsync(limit.Token);
                lock (_lock) _milliseconds.Add((clock.Elapsed - start).TotalMilliseconds);
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
            {
                lock (_lock)
                {
                    _failed++;
                    _error ??= error.Message;
                }
            }
        }
    }

    private async Task TransferAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, cancellation);
        using var stream = new NetworkStream(socket);
        var request = new byte[TransferHandler.RequestSize];
        BinaryPrimitives.WriteInt64LittleEndian(request, bytes);
        await stream.WriteAsync(request, cancellation);
        var pattern = new TestPattern(seed: 1);
        while (pattern.Bytes < bytes) await stream.WriteAsync(pattern.Next(bytes - pattern.Bytes), cancellation);
        var received = await ReceiveAsync(stream, cancellation);
        socket.Shutdown(SocketShutdown.Send);
        var trailer = new byte[TransferTrailer.Size + 1];
        var read = await stream.ReadAtLeastAsync(trailer, trailer.Length, throwOnEndOfStream: false, cancellation);
        if (read != TransferTrailer.Size)
            throw new IOException("the service did not close after its trailer");
        var told = TransferTrailer.Read(trailer);
        if (told != new TransferTrailer(pattern.Bytes, pattern.Digest.Current, bytes, received))
            throw new IOException("bytes differ");
    }

    private async Task<UInt128> ReceiveAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var (hash, buffer) = (new ResumableDigest(), new byte[BufferSize]);
        for (var left = bytes; left > 0;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, BufferSize)), cancellation);
            if (count == 0) throw new IOException("the service closed the connection");
            hash.Append(buffer.AsSpan(0, count));
            left -= count;
        }

        return hash.Current;
    }
}
