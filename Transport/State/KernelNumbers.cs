namespace ActorStack.Transport.State;

/// <summary>The numbers Linux gives to connection states (net/tcp_states.h).</summary>
internal static class KernelNumbers
{
    public static byte Of(TcpState state) => state switch
    {
        TcpState.Established => 1,
        TcpState.SynSent => 2,
        TcpState.SynReceived => 3,
        TcpState.FinWait1 => 4,
        TcpState.FinWait2 => 5,
        TcpState.TimeWait => 6,
        TcpState.CloseWait => 8,
        TcpState.LastAck => 9,
        TcpState.Closing => 11,
        _ => 7,
    };
}
