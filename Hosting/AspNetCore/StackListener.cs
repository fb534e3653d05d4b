using System.Buffers;
using System.Net;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.AspNetCore;

/// <summary>An end point of Kestrel on a virtual address.</summary>
/// <param name="listener">The port of the stack.</param>
/// <param name="endPoint">The end point with its port.</param>
/// <param name="stack">Moves the connections.</param>
/// <param name="memory">The pool of Kestrel's buffers above the stack's pipes; null: Kestrel takes the shared one.</param>
internal sealed class StackListener(ConnectionListener listener, EndPoint endPoint, IActorStack stack, MemoryPool<byte>? memory)
    : IConnectionListener
{
    public EndPoint EndPoint => endPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await listener.AcceptAsync(cancellationToken) is { } connection
            ? new StackConnectionContext(connection, stack, memory)
            : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        new(listener.UnbindAsync().WaitAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        memory?.Dispose();
    }
}
