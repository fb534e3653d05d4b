using ActorStack.Transport.State;

namespace ActorStack.Fuzz.Tcp;

/// <summary>Whether a connection has waited for its peer so long that it may give up before the peer can answer.</summary>
internal static class Neglect
{
    /// <summary>Fewer timeouts than end any connection.</summary>
    private const int FewTimeouts = 4;

    public static bool IsPossible(TcpConnectionState record) =>
        record.Options.UserTimeoutTicks > 0 || record.Retransmission.RetransmitCount >= FewTimeouts
            || record.Liveness.PersistProbes >= FewTimeouts
        || record.Liveness.KeepaliveProbes >= FewTimeouts;
}
