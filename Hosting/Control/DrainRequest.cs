namespace ActorStack.Hosting.Control;

/// <summary>The body of <c>POST /drain</c>.</summary>
/// <param name="Node">The only node that is to take the connections; null: all others.</param>
/// <param name="LimitSeconds">The time after which no further connection is moved; null: the default.</param>
/// <param name="Refuse">The node takes no new connections from now on.</param>
internal sealed record DrainRequest(string? Node = null, double? LimitSeconds = null, bool Refuse = false);
