namespace ActorStack.Transport.Tcp.Options;

/// <summary>Explicit Congestion Notification (RFC 3168).</summary>
public enum EcnMode
{
    /// <summary>ECN is neither asked for nor agreed to.</summary>
    Off,

    /// <summary>Where the peer asks for it: connections opened here do not.</summary>
    Passive,

    /// <summary>Asked for, too.</summary>
    Active,
}
