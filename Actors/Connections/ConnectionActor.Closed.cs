using System.Net.Sockets;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The connection is no more. The stack is told at once, and lets the actor go; the actor stays until its end is in the journal,
/// which may fail for a while.
/// </summary>
internal sealed partial class ConnectionActor
{
    private bool _hasEnded;
    private bool _toldEnd;
    private bool _isEndUnwritten;
    private bool _isReleased;
    private bool _wasReset;
    private ConnectionSnapshot? _last;

    private UntypedReceive Closed() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst:
                burst.Recycle();
                break;
            case IcmpArrived or TimerFired or ApplicationWrote or ApplicationRead or OptionsChanged or OpenCancelled or PolicyTick or Retire or Reset:
                break; // were under way
            case Query query:
                Answer(query);
                break;
            case Move move:
                Decline(move, "is over");
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            case Release:
                _isReleased = true;
                StopIfDone();
                break;
            default:
                Unhandled(message);
                break;
        }
    };

    private void End(Exception? error)
    {
        if (_migration is { } migration)
        {
            // Only while a claim is on its way: frozen, the software stack gets no input that could end it.
            _migration = null;
            _engine = null;
            RollBack(migration, "the connection ended");
        }

        var reason = Reason(error);
        _wasReset = error is not null;
        _last = WasOpened ? Snapshot() with { Phase = nameof(Closed), Ended = reason } : null;
        Leave(error);
        Enter(nameof(Closed), Closed());
        TellEnd();
        if (_last is null) return;
        _stack.Counters.Closed++;
        _stack.UnwrittenEnds++;
        _isEndUnwritten = true;
        PersistAsync(
            new ConnectionEvents.Closed(reason, _last.BytesReceived, _last.BytesSent, _stack.Time.GetUtcNow()),
            _ => OnEndWritten());
    }

    private void OnEndWritten()
    {
        NoteEndWritten();
        StopIfDone();
    }

    /// <summary>A stack that stops waits for the last.</summary>
    private void NoteEndWritten()
    {
        _isEndUnwritten = false;
        if (--_stack.UnwrittenEnds > 0 || !_stack.Stopping.IsCancellationRequested) return;
        _stack.Stack.Tell(EndsWritten.Instance, ActorRefs.NoSender);
    }

    private void StopIfDone()
    {
        if (_isReleased && !_isEndUnwritten) Context.Stop(Self);
    }

    /// <summary>The actor is stopped while the connection lives: it failed, or the whole system goes down. The peer gets a RST.</summary>
    private void Fail()
    {
        var error = new IOException("the connection's actor was stopped");
        _migration?.Held?.Release();
        _last = WasOpened ? Snapshot() with { Phase = nameof(Closed), Ended = Reason(error) } : null;
        _wasReset = true;
        if (_engine is not null) ForgetEngine(invalidate: true);
        var now = _stack.Now;
        _tcp?.Abort(error, now);
        while (_tcp is not null && _tcp.TryTransmit(now, out var segment)) _stack.Link.SendBuffered(segment);
        if (WasOpened) _stack.Counters.Closed++;
        Leave(error);
    }

    /// <summary>Gives back what the connection held of the stack, and ends the application's pipes.</summary>
    private void Leave(Exception? error)
    {
        _hasEnded = true;
        EndTrace();
        _stack.Wheel.Cancel(_timer);
        _stack.Flows.Remove(_entry.Flow);
        _entry.Depart(_stack.Now);
        _tcp = null;
        if (_open is not null) TellNotOpened(error);
        if (_buffers is null) return;
        _buffers.Observer = null;
        _buffers.Send.Close();
        if (error is null) _buffers.Receive.Complete();
        else _buffers.Receive.Fail(error);
        _buffers = null;
        _application?.Close(_stack.Errors);
    }

    private void TellEnd()
    {
        _toldEnd = true;
        _stack.Stack.Tell(new Ended(_entry.Id.Value, _last, [.. Migrations], _wasReset));
    }

    private static string Reason(Exception? error) => error switch
    {
        null => "closed",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "reset by peer",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "timed out",
        _ => $"aborted: {error.Message}",
    };
}
