namespace ActorStack.Hosting;

/// <summary>
/// Registered where other services of the host serve connections of the stack: the stack then stops when the host has stopped the
/// services that were registered after it, so that these services can end their connections in order.
/// </summary>
internal sealed class StopsLast;
