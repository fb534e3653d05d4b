using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The kernel's numbers for connection states (net/tcp_states.h).</summary>
internal static class KernelState
{
    public const byte Established = 1;
    public const byte Close = 7;
    public const byte CloseWait = 8;

    public static TcpState ToTcpState(byte state) => state switch
    {
        Established => TcpState.Established,
        2 => TcpState.SynSent,
        3 or 12 => TcpState.SynReceived,
        4 => TcpState.FinWait1,
        5 => TcpState.FinWait2,
        6 => TcpState.TimeWait,
        CloseWait => TcpState.CloseWait,
        9 => TcpState.LastAck,
        11 => TcpState.Closing,
        _ => TcpState.Closed,
    };
}
