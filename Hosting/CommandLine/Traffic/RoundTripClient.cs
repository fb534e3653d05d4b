using System.Diagnostics;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Sends 64 bytes to an echo service on every connection, waits for the echo, and repeats.</summary>
internal static class RoundTripClient
{
    private const int MessageSize = 64;

    public static async Task<RoundTripResult> RunAsync(IReadOnlyList<Socket> sockets, TimeSpan time)
    {
        await MeasureAsync(sockets, time / 4);
        var clock = Stopwatch.StartNew();
        var times = await MeasureAsync(sockets, time);
        var elapsed = clock.Elapsed;
        Array.Sort(times);
        return new RoundTripResult(times.Length / elapsed.TotalSeconds, At(0.50), At(0.99));

        double At(double share) => Stopwatch.GetElapsedTime(0, times[(int)(share * (times.Length - 1))]).TotalMicroseconds;
    }

    private static async Task<long[]> MeasureAsync(IReadOnlyList<Socket> sockets, TimeSpan time)
    {
        // A single connection is measured by a thread that blocks in the kernel, because that wake-up costs least.
        if (sockets.Count == 1) return [.. MeasureBlocking(sockets[0], time)];
        var times = await Task.WhenAll(sockets.Select(socket => Task.Run(() => MeasureOneAsync(socket, time))));
        return [.. times.SelectMany(one => one)];
    }

    private static List<long> MeasureBlocking(Socket socket, TimeSpan time)
    {
        var (buffer, times) = (new byte[MessageSize], new List<long>());
        var start = Stopwatch.GetTimestamp();
        for (var before = start; Stopwatch.GetElapsedTime(start, before) < time;)
        {
            socket.Send(buffer);
            for (var count = 0; count < MessageSize;) count += NotNone(socket.Receive(buffer.AsSpan(count)));
            var now = Stopwatch.GetTimestamp();
            times.Add(now - before);
            before = now;
        }

        return times;
    }

    private static async Task<List<long>> MeasureOneAsync(Socket socket, TimeSpan time)
    {
        var (buffer, times) = (new byte[MessageSize], new List<long>());
        var start = Stopwatch.GetTimestamp();
        for (var before = start; Stopwatch.GetElapsedTime(start, before) < time;)
        {
            await socket.SendAsync(buffer, SocketFlags.None);
            for (var count = 0; count < MessageSize;)
                count += NotNone(await socket.ReceiveAsync(buffer.AsMemory(count), SocketFlags.None));
            var now = Stopwatch.GetTimestamp();
            times.Add(now - before);
            before = now;
        }

        return times;
    }

    private static int NotNone(int count) =>
        count > 0 ? count : throw new InvalidDataException("the service closed the connection");
}
