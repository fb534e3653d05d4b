namespace ActorStack.TestKit.Capture;

/// <summary>The segments of the server come from another sender than before.</summary>
/// <param name="From">The sender until then.</param>
/// <param name="To">The sender from then on.</param>
/// <param name="LastOfOld">The time of the last segment of the old sender.</param>
/// <param name="FirstOfNew">The time of the first segment of the new sender.</param>
/// <param name="Packet">The number of the first packet of the new sender.</param>
public sealed record SenderChange(
    WireSender From, WireSender To, DateTimeOffset LastOfOld, DateTimeOffset FirstOfNew, long Packet)
{
    /// <summary>The time without a segment of the server.</summary>
    public TimeSpan Blackout => FirstOfNew - LastOfOld;
}
