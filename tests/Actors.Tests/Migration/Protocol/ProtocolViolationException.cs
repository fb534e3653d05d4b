namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>The protocol did what it must never do.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
