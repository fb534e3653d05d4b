using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The messages to a <see cref="ConnectionActor"/>, besides bursts, timers and <see cref="StackProtocol.ConnectionRequest"/>.
/// Messages that may arrive after the actor has stopped are not logged as dead letters.
/// </summary>
internal static class ConnectionProtocol
{
    /// <summary>The first message, from the listener: send a SYN, or answer the peer's.</summary>
    public sealed class Begin : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Begin Instance { get; } = new();
    }

    /// <summary>The application wrote, completed or aborted its output.</summary>
    public sealed class ApplicationWrote : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static ApplicationWrote Instance { get; } = new();
    }

    /// <summary>The application read from its input, or completed it.</summary>
    public sealed class ApplicationRead : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static ApplicationRead Instance { get; } = new();
    }

    /// <summary>The application changed the socket options.</summary>
    public sealed class OptionsChanged : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static OptionsChanged Instance { get; } = new();
    }

    /// <summary>The application has left the connection, which it was asked to do so that the connection can move.</summary>
    /// <param name="Context">The application's side of the connection, which nobody uses any more.</param>
    /// <param name="State">The state of the application; null: it has ended instead.</param>
    public sealed record ApplicationLeft(ConnectionContext Context, ReadOnlyMemory<byte>? State)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>Hand the connection to another node. The sender, if there is one, gets the record.</summary>
    public sealed record HandOff(string Node, MigrationTrigger Trigger)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>A message of a handoff from another node.</summary>
    public sealed record FromNode(string Node, HandoffMessage Message)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>A node is no member of the cluster any more, and emits nothing.</summary>
    public sealed record NodeRemoved(string Node) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The requester cancels the attempt to open the connection.</summary>
    public sealed class OpenCancelled : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static OpenCancelled Instance { get; } = new();
    }

    /// <summary>The policy checks the connection.</summary>
    public sealed class PolicyTick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static PolicyTick Instance { get; } = new();
    }

    /// <summary>
    /// An ICMP message quotes a segment of this connection's flow. The connection must still check that the message is no
    /// forgery.
    /// </summary>
    public sealed record IcmpArrived(IcmpMessage Message) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The stack stops: the connection has to leave its engine. The application has been asked to end.</summary>
    public sealed class Retire : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Retire Instance { get; } = new();
    }

    /// <summary>Reset the connection: the drain limit has passed, or the link is lost.</summary>
    public sealed record Reset(MigrationTrigger Why) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To a stack that stops: the journal has stored the ends of all connections.</summary>
    public sealed class EndsWritten : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static EndsWritten Instance { get; } = new();
    }

    /// <summary>From the stack: it has recorded the end and sends nothing more, so the actor may stop.</summary>
    public sealed class Release : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Release Instance { get; } = new();
    }

    /// <summary>To the stack: a connection has ended.</summary>
    /// <param name="Id">The connection's name.</param>
    /// <param name="Snapshot">The last snapshot; null where the handshake never completed.</param>
    /// <param name="Migrations">Its last migrations, oldest first.</param>
    /// <param name="WasReset">It ended by a RST or an error; false where both sides closed it.</param>
    public sealed record Ended(string Id, ConnectionSnapshot? Snapshot, IReadOnlyList<MigrationRecord> Migrations, bool WasReset)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>An event of the engine that runs the connection.</summary>
    public sealed record EngineEvent(MigrationInput.FromEngine Told) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
