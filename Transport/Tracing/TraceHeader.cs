namespace ActorStack.Transport.Tracing;

/// <summary>The first line of a trace: which connection it is of, and when it began.</summary>
/// <param name="ConnectionId">The connection's name.</param>
/// <param name="Local">Its own end, as <c>address:port</c>.</param>
/// <param name="Remote">The peer's end, as <c>address:port</c>.</param>
/// <param name="Start">The wall clock at <paramref name="Origin"/>, from which the events' times count.</param>
/// <param name="Origin">The stack's time that the events' times count from.</param>
public sealed record TraceHeader(string ConnectionId, string Local, string Remote, DateTimeOffset Start, TimeSpan Origin);
