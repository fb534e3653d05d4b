using System.Net.Sockets;
using System.Text;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Sets a kernel socket's congestion control; accepted connections inherit it from the listening socket.</summary>
internal static class SocketCongestion
{
    // linux/tcp.h
    private const int LevelTcp = 6;
    private const int TcpCongestion = 13;

    /// <summary>Sets TCP_CONGESTION.</summary>
    /// <param name="socket">A socket that is not connected yet, or listens.</param>
    /// <param name="name">The name; null: the system's default.</param>
    public static void Choose(Socket socket, string? name)
    {
        if (name is not null) socket.SetRawSocketOption(LevelTcp, TcpCongestion, Encoding.ASCII.GetBytes(name));
    }
}
