using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The connection is over. The stack is told at once, and lets the actor go; the actor stays until its end is in the journal,
/// which may fail for a while.
/// </summary>
/// <param name="actor">The actor of the connection.</param>
/// <param name="last">What it was when it ended; null where it never left the handshake.</param>
/// <param name="wasReset">The connection ended by a RST or an error; false where both sides closed it.</param>
internal sealed class Closed(ConnectionActor actor, ConnectionSnapshot? last, bool wasReset) : ConnectionBehaviour(actor)
{
    private bool _toldEnd;
    private bool _isEndUnwritten;
    private bool _isReleased;

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
        Stack.Actor.Tell(new ConnectionProtocol.Ended(Entry.Id.Value, last, [.. Actor.Migrations], wasReset));
    }

    /// <summary>The end is on its way to the journal.</summary>
    public void AwaitJournal()
    {
        Stack.AwaitEnd();
        _isEndUnwritten = true;
    }

    /// <summary>The end is in the journal, or the journal will never take it.</summary>
    public void OnEndWritten()
    {
        NoteEndWritten();
        StopIfDone();
    }

    /// <summary>A stack that stops waits for the last.</summary>
    public void NoteEndWritten()
    {
        if (!_isEndUnwritten) return;
        _isEndUnwritten = false;
        Stack.NoteEndWritten();
    }

    /// <summary>The stack has taken note of the end.</summary>
    public void OnReleased()
    {
        _isReleased = true;
        StopIfDone();
    }

    private void StopIfDone()
    {
        if (_isReleased && !_isEndUnwritten) Actor.StopSelf();
    }
}
