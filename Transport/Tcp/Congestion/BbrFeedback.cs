namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The feedback of acknowledgments on the last probe for bandwidth (BBR.ack_phase).</summary>
internal enum BbrFeedback
{
    None,
    Refilling,
    ProbeStarting,
    ProbeFeedback,
    ProbeStopping,
}
