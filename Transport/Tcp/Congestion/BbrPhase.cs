namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The states of BBR (draft-ietf-ccwg-bbr section 5.1.1).</summary>
internal enum BbrPhase
{
    Startup,
    Drain,
    ProbeDown,
    ProbeCruise,
    ProbeRefill,
    ProbeUp,
    ProbeRoundTrip,
}
