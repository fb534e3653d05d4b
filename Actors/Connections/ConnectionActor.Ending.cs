using System.Net.Sockets;
using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Connections;

/// <summary>The end of a connection and of its actor.</summary>
internal sealed partial class ConnectionActor
{
    private void End(Exception? error)
    {
        Behaviour.BeforeEnd();
        var closed = new Closed(this, LastSnapshot(error), wasReset: error is not null);
        Leave(error, closed);
        if (closed.Last is not null) Loop.Counters.Closed++;
        if (closed.Last is not { Ended: { } reason } last || error is OwnershipLostException)
            closed.TellEnd(); // nothing was written of it, or another owner writes the history from now on
        else
            TellEndAndWrite(closed, reason, last.BytesReceived, last.BytesSent);
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
    /// <param name="error">The reason; null where both sides closed the connection.</param>
    /// <param name="closed">The behaviour from now on.</param>
    /// <param name="staysForwarded">The flow stays in the host's table, because another node has the connection.</param>
    private void Leave(Exception? error, Closed closed, bool staysForwarded = false)
    {
        var left = Behaviour;
        if (left is not Arriving) NoteGone();
        EndTrace();
        Enter(closed);
        CancelTimer();
        if (!staysForwarded)
        {
            Entry.Depart(Stack.Now);
            Loop.Announcer?.End(Entry.Flow, Stack.Now);
        }

        left.Migration?.Held?.Release();
        left.AfterEnd(error);
        Buffers.Observer = null;
        Buffers.Send.Close();
        if (error is null) Buffers.Receive.Complete();
        else Buffers.Receive.Fail(error);
        left.Application?.Close();
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
