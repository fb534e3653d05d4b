namespace ActorStack.Hosting.Control;

/// <summary>Answer of <c>POST</c> and <c>DELETE /connections/{id}/trace</c>: the file, on the service's host.</summary>
internal sealed record TraceAnswer(string Path);
