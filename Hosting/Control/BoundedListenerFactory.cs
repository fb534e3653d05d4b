using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Control;

/// <summary>
/// A listener that has a bounded number of connections at once. Those beyond wait in the backlog of listen(2), where they take no
/// descriptor of this process; Kestrel's own limit accepts a connection before it refuses it, and a burst then takes every
/// descriptor there is.
/// </summary>
/// <param name="transport">The listener's own transport.</param>
/// <param name="limit">Connections that are accepted and not closed.</param>
internal sealed class BoundedListenerFactory(IConnectionListenerFactory transport, int limit) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new BoundedListener(await transport.BindAsync(endpoint, cancellationToken), limit);

    private sealed class BoundedListener(IConnectionListener listener, int limit) : IConnectionListener
    {
        // Never disposed: a connection may outlive its listener, and without a wait handle there is nothing to give back.
        private readonly SemaphoreSlim _room = new(limit);
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => listener.EndPoint;

        /// <summary>Null, as the interface wants it, once the listener is unbound.</summary>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
                await _room.WaitAsync(ended.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }

            var connection = await listener.AcceptAsync(cancellationToken);
            if (connection is null) _room.Release();
            else connection.ConnectionClosed.UnsafeRegister(static room => ((SemaphoreSlim)room!).Release(), _room);
            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await listener.UnbindAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
