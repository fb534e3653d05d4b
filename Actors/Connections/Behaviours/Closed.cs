using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The connection has ended. The stack is told at once and releases the actor; the actor stays until the journal has stored the
/// end, which can take long while writes fail.
/// </summary>
/// <param name="actor">The actor of the connection.</param>
/// <param name="last">The last snapshot of the connection; null where its handshake never completed.</param>
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

    /// <summary>Ignores the reset of a connection that ended before its move was done.</summary>
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

    /// <summary>The end is being journaled.</summary>
    public void AwaitJournal()
    {
        Stack.AwaitEnd();
        _isEndUnwritten = true;
    }

    /// <summary>The journal has stored the end, or has rejected it for good.</summary>
    public void OnEndWritten()
    {
        NoteEndWritten();
        StopIfDone();
    }

    /// <summary>Counts the end as written. A stack that stops waits until the last end is written.</summary>
    public void NoteEndWritten()
    {
        if (!_isEndUnwritten) return;
        _isEndUnwritten = false;
        Stack.NoteEndWritten();
    }

    /// <summary>The stack has recorded the end, and releases the actor.</summary>
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
