using System.Net.Sockets;
using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;

namespace ActorStack.Actors.Connections;

/// <summary>The end of a connection and of its actor.</summary>
internal sealed partial class ConnectionActor
{
    private void End(Exception? error)
    {
        Behaviour.BeforeEnd();
        var closed = new Closed(this, LastSnapshot(error), wasReset: error is not null);
        Leave(error, closed);
        closed.TellEnd();
        if (closed.Last is not { Ended: { } reason } last) return;
        Loop.Counters.Closed++;
        if (error is OwnershipLostException) return; // another owner writes the history from now on
        closed.AwaitJournal();
        PersistAsync(
            new ConnectionEvents.Closed(reason, last.BytesReceived, last.BytesSent, Stack.Time.GetUtcNow()),
            _ => closed.OnEndWritten());
    }

    /// <summary>
    /// Ends the connection because its actor is stopped while the connection lives: the actor failed, or the actor system shuts
    /// down. The peer gets a RST.
    /// </summary>
    private Closed Fail()
    {
        var error = new IOException("the connection's actor was stopped");
        var closed = new Closed(this, LastSnapshot(error), wasReset: true);
        Behaviour.Fail(error, Stack.Now);
        if (closed.Last is not null) Loop.Counters.Closed++;
        Leave(error, closed);
        return closed;
    }

    /// <summary>Returns the resources that the connection holds in the stack, and completes the application's pipes.</summary>
    private void Leave(Exception? error, Closed closed)
    {
        var left = Behaviour;
        EndTrace();
        Enter(closed);
        CancelTimer();
        Entry.Depart(Stack.Now);
        left.Migration?.Held?.Release();
        left.AfterEnd(error);
        Buffers.Observer = null;
        Buffers.Send.Close();
        if (error is null) Buffers.Receive.Complete();
        else Buffers.Receive.Fail(error);
        left.Application?.Close(Stack.Errors);
    }

    /// <summary>The last snapshot; null where the handshake never completed.</summary>
    private ConnectionSnapshot? LastSnapshot(Exception? error) => Behaviour.Application is null
        ? null
        : Snapshot() with { Phase = nameof(ConnectionPhase.Closed), Ended = Reason(error) };

    private static string Reason(Exception? error) => error switch
    {
        null => "closed",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "reset by peer",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "timed out",
        _ => $"aborted: {error.Message}",
    };
}
