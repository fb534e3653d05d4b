namespace ActorStack.Hosting.Control;

/// <summary>The body of <c>POST /balance</c>.</summary>
/// <param name="Node">The only node that is to take connections; null: all others.</param>
internal sealed record BalanceRequest(string? Node = null);
