namespace ActorStack.Hosting.Control;

/// <summary>
/// The answer to <c>POST</c> and <c>DELETE /connections/{id}/trace</c>: the path of the file on the service's host.
/// </summary>
internal sealed record TraceAnswer(string Path);
