using System.Net.Sockets;
using System.Text;

namespace ActorStack.CommandLine.Traffic;

/// <summary>Chooses a kernel socket's congestion control; connections accepted from a listening one inherit it.</summary>
internal static class SocketCongestion
{
    // linux/tcp.h
    private const int LevelTcp = 6;
    private const int TcpCongestion = 13;

    /// <summary>Sets TCP_CONGESTION.</summary>
    /// <param name="socket">A socket that is not connected yet, or listens.</param>
    /// <param name="name">Null: the system's default.</param>
    public static void Choose(Socket socket, string? name)
    {
        if (name is not null) socket.SetRawSocketOption(LevelTcp, TcpCongestion, Encoding.ASCII.GetBytes(name));
    }
}
