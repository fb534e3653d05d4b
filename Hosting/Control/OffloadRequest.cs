namespace ActorStack.Hosting.Control;

/// <summary>The body of <c>POST /connections/{id}/offload</c>.</summary>
internal sealed record OffloadRequest(string? Engine);
