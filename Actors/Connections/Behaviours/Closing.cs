using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>Both sides have closed: the last acknowledgments. There is nothing left to move; TIME-WAIT is the table's.</summary>
internal sealed class Closing(ConnectionActor actor, TcpConnection tcp, ConnectionContext application)
    : ServingBehaviour(actor, tcp, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Closing;

    protected override string WhyNotMoved => $"is closing ({Tcp.State})";
}
