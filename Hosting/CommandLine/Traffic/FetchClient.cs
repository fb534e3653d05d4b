using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// Makes short transfers, each on its own connection, and measures the time from the SYN to the last of 64 KB.
/// </summary>
internal static class FetchClient
{
    private const int Size = 64 * 1024;

    /// <summary>Makes transfers until the time is up.</summary>
    /// <param name="endPoint">The service.</param>
    /// <param name="workers">The number of transfers that run at once.</param>
    /// <param name="time">The time in which new transfers start; zero: each worker makes one transfer.</param>
    public static async Task<FetchResult> RunAsync(IPEndPoint endPoint, int workers, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(
            Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(endPoint, clock, time))));
        var milliseconds = new Percentiles(times.SelectMany(one => one));
        return new FetchResult(milliseconds.Count, milliseconds.At(0.5), milliseconds.At(0.99));
    }

    private static async Task<List<double>> WorkAsync(IPEndPoint endPoint, Stopwatch clock, TimeSpan time)
    {
        var times = new List<double>();
        do times.Add((await FetchAsync(endPoint)).TotalMilliseconds);
        while (clock.Elapsed < time);
        return times;
    }

    private static async Task<TimeSpan> FetchAsync(IPEndPoint endPoint)
    {
        var (request, buffer) = (new byte[TransferHandler.RequestSize], new byte[Size]);
        BinaryPrimitives.WriteInt64LittleEndian(request, Size);
        var start = Stopwatch.GetTimestamp();
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        await socket.SendAsync(request, SocketFlags.None);
        for (var count = 0; count < Size;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(count), SocketFlags.None);
            count += read > 0 ? read : throw new InvalidDataException("the service closed the connection");
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        socket.LingerState = new LingerOption(true, 0);
        return elapsed;
    }
}
