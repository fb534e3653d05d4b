using System.Threading.Channels;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The accept queue of a listener without an application: connections wait until somebody takes them, as by accept(2). The
/// backlog bounds their number.
/// </summary>
internal sealed class AcceptedConnections(AcceptBacklog backlog) : AcceptQueue(backlog)
{
    private readonly Channel<ConnectionContext> _waiting = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>Adds a connection; one whose handshake ended after the unbind is reset, as by close(2) of a listener.</summary>
    public override void Add(ConnectionContext connection)
    {
        Backlog.Enter();
        if (!_waiting.Writer.TryWrite(connection)) Refuse(connection);
    }

    /// <summary>The connections that wait can still be taken.</summary>
    public override void End() => _waiting.Writer.TryComplete();

    /// <summary>
    /// Waits for a connection, which the caller serves and ends by completing both sides of its pipe. Null: the listener is
    /// unbound, and no connection waits any more.
    /// </summary>
    public async ValueTask<IConnectionContext?> TakeAsync(CancellationToken cancellation)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            if (!_waiting.Reader.TryRead(out var connection)) continue;
            Backlog.Leave();
            return connection;
        }

        return null;
    }

    /// <summary>Resets the connections that wait, as close(2) of a listener does.</summary>
    public void Refuse()
    {
        End();
        while (_waiting.Reader.TryRead(out var connection)) Refuse(connection);
    }

    private void Refuse(ConnectionContext connection)
    {
        Backlog.Leave();
        connection.Abort("the listener is closed");
    }
}
