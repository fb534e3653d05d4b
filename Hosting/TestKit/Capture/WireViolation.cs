namespace ActorStack.TestKit.Capture;

/// <summary>A rule that a segment breaks.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Time">The time of the capture.</param>
/// <param name="Packet">The number of the packet in the capture.</param>
/// <param name="Text">A sentence with the time since the first segment, the packet number and the sequence numbers.</param>
public sealed record WireViolation(WireRule Rule, DateTimeOffset Time, long Packet, string Text)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => Text;
}
