namespace ActorStack.Hosting.Control;

/// <summary>Body of <c>POST /connections/{id}/offload</c>.</summary>
internal sealed record OffloadRequest(string? Engine);
