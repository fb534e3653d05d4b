using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Control;

/// <summary>
/// A listener with a bounded number of connections. Further connections wait in the backlog of listen(2), where they use no
/// descriptor of this process. Kestrel's own limit accepts a connection before it refuses it, so that a burst would use up all
/// descriptors.
/// </summary>
/// <param name="transport">The listener's own transport.</param>
/// <param name="limit">The most connections that are accepted and not closed.</param>
internal sealed class BoundedListenerFactory(IConnectionListenerFactory transport, int limit) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new BoundedListener(await transport.BindAsync(endpoint, cancellationToken), limit);

    private sealed class BoundedListener(IConnectionListener listener, int limit) : IConnectionListener
    {
        // The semaphore is never disposed, because a connection may outlive its listener; without a wait handle it holds no
        // resources.
        private readonly SemaphoreSlim _room = new(limit);
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => listener.EndPoint;

        /// <summary>Returns null once the listener is unbound, as the interface requires.</summary>
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
