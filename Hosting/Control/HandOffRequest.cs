namespace ActorStack.Hosting.Control;

/// <summary>The body of <c>POST /connections/{id}/handoff</c>.</summary>
internal sealed record HandOffRequest(string? Node);
