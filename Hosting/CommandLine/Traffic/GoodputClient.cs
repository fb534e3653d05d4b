using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Measures the payload that reaches the other end of a path with a large bandwidth-delay product.</summary>
internal static class GoodputClient
{
    private const int BufferSize = 256 * 1024;

    // linux/tcp.h: struct tcp_info
    private const int LevelTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpInfoSize = 248;
    private const int BytesAcknowledged = 120;

    /// <summary>
    /// Counts bytes over <paramref name="time"/> after <paramref name="warm"/>: for an upload the bytes that the peer
    /// acknowledged, from TCP_INFO; for a download the bytes that were read. The connection then ends by a reset, so that its
    /// packets do not disturb the next measurement.
    /// </summary>
    public static BulkResult Run(Socket socket, bool upload, TimeSpan warm, TimeSpan time)
    {
        var (buffer, received) = (new byte[BufferSize], 0L);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < warm) Move();
        var (start, before) = (clock.Elapsed, Count());
        while (clock.Elapsed - start < time) Move();
        var result = new BulkResult(Count() - before, (clock.Elapsed - start).TotalSeconds);
        socket.LingerState = new LingerOption(true, 0);
        return result;

        long Count() => upload ? Acknowledged(socket) : received;

        void Move()
        {
            if (upload) socket.Send(buffer);
            else received += socket.Receive(buffer) is var count and > 0
                ? count
                : throw new InvalidDataException("the service closed the connection");
        }
    }

    private static long Acknowledged(Socket socket)
    {
        Span<byte> information = stackalloc byte[TcpInfoSize];
        socket.GetRawSocketOption(LevelTcp, TcpInfo, information);
        return BinaryPrimitives.ReadInt64LittleEndian(information[BytesAcknowledged..]);
    }
}
