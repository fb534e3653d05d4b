using ActorStack.Transport.Links;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>What a path did since it was described.</summary>
/// <param name="Forward">Counters of the direction from left to right.</param>
/// <param name="Backward">Counters of the direction from right to left.</param>
/// <param name="ForwardTrace">The packets from left to right; null where the path has no rules for them.</param>
/// <param name="BackwardTrace">The packets from right to left.</param>
internal sealed record PathReport(
    WireStatistics Forward, WireStatistics Backward,
    IReadOnlyList<TracedPacket>? ForwardTrace = null, IReadOnlyList<TracedPacket>? BackwardTrace = null);
