using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The connection is over. Its end goes to the journal, then to the stack, which lets the actor go.</summary>
/// <param name="last">What it was when it ended; null where it never left the handshake.</param>
internal sealed class Closed(ConnectionActor actor, ConnectionSnapshot? last, bool wasReset) : ConnectionBehaviour(actor)
{
    private bool _toldEnd;

    public override ConnectionPhase Phase => ConnectionPhase.Closed;

    public override TcpState State => TcpState.Closed;

    public ConnectionSnapshot? Last => last;

    protected override string WhyNotMoved => "is over";

    public override EngineConnectionInfo Info() => default;

    public override void OnBurst(SegmentBurst burst) => burst.Recycle();

    /// <summary>A move may have ended the connection before it was done.</summary>
    public override void Carry(MigrationOutput output)
    {
        if (output is not MigrationOutput.Reset) base.Carry(output);
    }

    public void TellEnd()
    {
        if (_toldEnd) return;
        _toldEnd = true;
        Stack.Stack.Tell(new ConnectionProtocol.Ended(Entry.Id.Value, last, [.. Actor.Migrations], wasReset));
    }
}
