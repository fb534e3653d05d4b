using ActorStack.Actors.Migration;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The handshake, from the first SYN to its last acknowledgment. Nothing is journaled yet, so that a SYN flood causes no
/// writes.
/// </summary>
internal abstract class Handshaking(ConnectionActor actor, TcpConnection tcp) : RunningBehaviour(actor, tcp)
{
    public const string TryLater = "is in the handshake; try again when it is established";

    public sealed override ConnectionPhase Phase => ConnectionPhase.Handshaking;

    protected sealed override string WhyNotMoved => TryLater;

    /// <summary>The state with which the application begins.</summary>
    protected virtual ReadOnlyMemory<byte> ApplicationState => default;

    /// <summary>Aborts the connection: no application is running yet that could end it in order.</summary>
    public override void OnRetire() => Abort(MigrationDetail.ServiceStops);

    protected sealed override RunningBehaviour OnEstablished()
    {
        Stack.Host.Paths.LearnRoundTrip(Entry.Flow.Remote.Address, Tcp.Info.RoundTripTime, Stack.Now);
        var software = new Software(Actor, Tcp, Actor.Open(Tcp.Options, ApplicationState));
        Actor.Enter(software);
        OnOpened(software.Application);
        return software;
    }

    /// <summary>Hands the established connection to its application or to the requester.</summary>
    protected abstract void OnOpened(ConnectionContext application);
}
