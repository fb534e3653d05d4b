using ActorStack.Actors.Migration;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// From the first SYN, the peer's or ours, to the handshake's last acknowledgment. Nothing of it is journaled, so that a flood of
/// SYNs costs no writes.
/// </summary>
internal abstract class Handshaking(ConnectionActor actor, TcpConnection tcp) : RunningBehaviour(actor, tcp)
{
    public const string TryLater = "is in the handshake; try again when it is established";

    public sealed override ConnectionPhase Phase => ConnectionPhase.Handshaking;

    protected sealed override string WhyNotMoved => TryLater;

    /// <summary>No application waits for an orderly end.</summary>
    public override void OnRetire() => Abort(MigrationDetail.ServiceStops);

    protected sealed override RunningBehaviour OnEstablished()
    {
        Stack.Host.Paths.LearnRoundTrip(Entry.Flow.Remote.Address, Tcp.Info.RoundTripTime, Stack.Now);
        var software = new Software(Actor, Tcp, Actor.Open(Tcp.Options));
        Actor.Enter(software);
        OnOpened(software.Application);
        return software;
    }

    /// <summary>Hands the connection to whom it was opened for.</summary>
    protected abstract void OnOpened(ConnectionContext application);
}
