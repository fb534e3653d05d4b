namespace ActorStack.Transport.Tracing;

/// <summary>Who a trace is of.</summary>
/// <param name="Start">The wall clock at <paramref name="Origin"/>, from which the events' times count.</param>
public sealed record TraceHeader(string ConnectionId, string Local, string Remote, DateTimeOffset Start, TimeSpan Origin);
