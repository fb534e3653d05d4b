namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>What acknowledgments tell of the last probe for bandwidth (BBR.ack_phase).</summary>
internal enum BbrFeedback
{
    None,
    Refilling,
    ProbeStarting,
    ProbeFeedback,
    ProbeStopping,
}
