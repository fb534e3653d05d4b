namespace ActorStack.Hosting;

/// <summary>
/// The stack lost its link for good. The host was stopped in order and all connections have ended; its <c>RunAsync</c>,
/// <c>WaitForShutdownAsync</c> and <c>StopAsync</c> throw this exception.
/// </summary>
public sealed class StackFailedException(string message) : Exception(message);
