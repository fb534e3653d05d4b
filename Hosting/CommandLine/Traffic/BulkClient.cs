using System.Diagnostics;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Sends payload to a discard service, or receives it from a character generator, as fast as possible.</summary>
internal static class BulkClient
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Counts the bytes in <paramref name="time"/>, after a warm-up for slow start and compilation.</summary>
    public static BulkResult Run(Socket socket, bool upload, TimeSpan time)
    {
        var buffer = new byte[BufferSize];
        var warmUp = time / 4;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < warmUp) Move();

        long bytes = 0;
        var start = clock.Elapsed;
        while (clock.Elapsed - start < time) bytes += Move();
        return new BulkResult(bytes, (clock.Elapsed - start).TotalSeconds);

        int Move() => upload ? socket.Send(buffer)
            : socket.Receive(buffer) is var count and > 0 ? count
            : throw new InvalidDataException("the service closed the connection");
    }
}
