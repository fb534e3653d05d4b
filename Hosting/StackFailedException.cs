namespace ActorStack.Hosting;

/// <summary>
/// The stack lost its link for good while it ran. The host was stopped in order, all connections have ended, and its
/// <c>RunAsync</c>, <c>WaitForShutdownAsync</c> and <c>StopAsync</c> throw this.
/// </summary>
public sealed class StackFailedException(string message) : Exception(message);
