using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>A message in flight from a node to another.</summary>
internal sealed record Flight(string From, string To, HandoffMessage Message);
