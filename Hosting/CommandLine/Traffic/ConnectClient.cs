using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// Repeats on several connections at once: opens a connection to an echo service, sends one byte, receives it back, and closes.
/// </summary>
internal static class ConnectClient
{
    private const int Workers = 16;

    public static async Task<ConnectResult> RunAsync(IPEndPoint endPoint, TimeSpan time)
    {
        await CountAsync(endPoint, time / 4);
        var clock = Stopwatch.StartNew();
        var count = await CountAsync(endPoint, time);
        return new ConnectResult(count / clock.Elapsed.TotalSeconds);
    }

    private static async Task<long> CountAsync(IPEndPoint endPoint, TimeSpan time) =>
        (await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(endPoint, time))))).Sum();

    private static async Task<long> WorkAsync(IPEndPoint endPoint, TimeSpan time)
    {
        var buffer = new byte[1];
        long count = 0;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < time; count++)
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endPoint);
            await socket.SendAsync(buffer, SocketFlags.None);
            if (await socket.ReceiveAsync(buffer, SocketFlags.None) != 1)
                throw new InvalidDataException("the service closed the connection");
        }

        return count;
    }
}
