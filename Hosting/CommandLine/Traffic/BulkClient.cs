using System.Diagnostics;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Moves bytes in one direction as fast as they go: to a discard service, or from a character generator.</summary>
internal static class BulkClient
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Counts over <paramref name="time"/>, after slow start and the first compilation have passed.</summary>
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
