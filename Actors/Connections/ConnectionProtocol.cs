using ActorStack.Actors.Migration;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// What a <see cref="ConnectionActor"/> is told, besides bursts, timers and <see cref="StackProtocol.ConnectionRequest"/>. What
/// may well come too late is no dead letter.
/// </summary>
internal static class ConnectionProtocol
{
    /// <summary>From the listener, the first message: send the SYN, or answer the peer's.</summary>
    public sealed class Begin : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Begin Instance { get; } = new();
    }

    /// <summary>The application wrote, completed or aborted its output.</summary>
    public sealed class ApplicationWrote : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static ApplicationWrote Instance { get; } = new();
    }

    /// <summary>The application read, or reads no more.</summary>
    public sealed class ApplicationRead : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static ApplicationRead Instance { get; } = new();
    }

    /// <summary>The application set other options.</summary>
    public sealed class OptionsChanged : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static OptionsChanged Instance { get; } = new();
    }

    /// <summary>Whoever opens the connection gives up.</summary>
    public sealed class OpenCancelled : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static OpenCancelled Instance { get; } = new();
    }

    /// <summary>The policy looks at the connection.</summary>
    public sealed class PolicyTick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static PolicyTick Instance { get; } = new();
    }

    /// <summary>An ICMP message that quotes a segment of this connection's flow; not yet known to be no forgery.</summary>
    public sealed record IcmpArrived(IcmpMessage Message) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The stack stops: come out of any engine; the application has been asked to end.</summary>
    public sealed class Retire : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Retire Instance { get; } = new();
    }

    /// <summary>End now, with a RST: the stack's stop is at its limit, or its link is lost.</summary>
    public sealed record Reset(MigrationTrigger Why) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To a stack that stops: the ends of all connections are in the journal.</summary>
    public sealed class EndsWritten : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static EndsWritten Instance { get; } = new();
    }

    /// <summary>From the stack, which has taken note of the end: nothing more will come, the actor may go.</summary>
    public sealed class Release : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Release Instance { get; } = new();
    }

    /// <summary>To the stack: a connection is no more.</summary>
    /// <param name="Id">The connection's name.</param>
    /// <param name="Snapshot">Null where it never left the handshake.</param>
    /// <param name="Migrations">Its last migrations, oldest first.</param>
    /// <param name="WasReset">It ended by a RST or an error; false where both sides closed it.</param>
    public sealed record Ended(string Id, ConnectionSnapshot? Snapshot, IReadOnlyList<MigrationRecord> Migrations, bool WasReset)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>What an engine tells.</summary>
    public sealed record EngineEvent(MigrationInput.FromEngine Told) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
