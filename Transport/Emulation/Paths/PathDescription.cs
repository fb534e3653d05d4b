using ActorStack.Transport.Links;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>A path in both directions; all chance on it comes from the seed.</summary>
/// <param name="Forward">From left to right.</param>
/// <param name="Backward">From right to left.</param>
/// <param name="Seed">The seed of both directions.</param>
/// <param name="ForwardRules">For packets from left to right; null: neither rules nor a trace.</param>
/// <param name="BackwardRules">For packets from right to left.</param>
internal sealed record PathDescription(
    WireImpairments Forward, WireImpairments Backward, int Seed,
    IReadOnlyList<PathRule>? ForwardRules = null, IReadOnlyList<PathRule>? BackwardRules = null);
