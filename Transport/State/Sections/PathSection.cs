namespace ActorStack.Transport.State.Sections;

/// <summary>The path MTU and its search (RFC 1191, RFC 8201, RFC 4821).</summary>
public sealed record PathSection
{
    /// <summary>Path MTU, bytes with IP header.</summary>
    public int Mtu { get; init; }

    /// <summary>Time until a larger path MTU may be tried (RFC 4821); -1: it is the link's, or a probe is under way.</summary>
    public long RaiseTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>The path MTU that a probe in the network tries; 0: there is no probe.</summary>
    public int ProbeMtu { get; init; }

    /// <summary>The first sequence number of the probe.</summary>
    public uint ProbeStart { get; init; }

    /// <summary>The sequence number after the probe.</summary>
    public uint ProbeEnd { get; init; }

    /// <summary>Consecutive probes that were lost.</summary>
    public int ProbesLost { get; init; }

    /// <summary>Timeouts of a large segment in a row, with none of its size arriving between (RFC 4821 section 7.7).</summary>
    public int FullStops { get; init; }

    /// <summary>Time since a large segment last arrived at the peer; -1: none arrived yet.</summary>
    public long LargeArrivedTicks { get; init; } = TcpConnectionState.NotRunning;
}
