using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Tells a listener that its port is closed: it stops when its last connection has ended.</summary>
internal sealed class Unbound : INoSerializationVerificationNeeded
{
    public static Unbound Instance { get; } = new();
}
