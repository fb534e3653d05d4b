using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The software stack has imported the connection from an engine, and resumes it next.</summary>
internal sealed class Imported(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, CurrentMigration migration)
    : Frozen(actor, tcp, application, migration)
{
    public override ConnectionPhase Phase => ConnectionPhase.Uploading;

    protected override string WhyNotMoved => $"is moving to {Owner.Software}";
}
