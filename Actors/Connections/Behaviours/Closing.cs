using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// Both sides have sent their FIN, and the last acknowledgments are outstanding. The connection is not moved any more; the
/// table of TIME-WAIT keeps the flow afterwards.
/// </summary>
internal sealed class Closing(ConnectionActor actor, TcpConnection tcp, ConnectionContext application)
    : ServingBehaviour(actor, tcp, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Closing;

    protected override string WhyNotMoved => $"is closing ({Tcp.State})";
}
