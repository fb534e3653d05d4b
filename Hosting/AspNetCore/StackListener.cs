using System.Buffers;
using System.Net;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ActorStack.AspNetCore;

/// <summary>An end point of Kestrel on a virtual address.</summary>
/// <param name="listener">The port of the stack.</param>
/// <param name="endPoint">The end point with its port.</param>
/// <param name="memory">The pool of Kestrel's buffers above the stack's pipes; null: Kestrel takes the shared one.</param>
internal sealed class StackListener(ConnectionListener listener, EndPoint endPoint, MemoryPool<byte>? memory)
    : IConnectionListener, IMemoryPoolFeature
{
    public EndPoint EndPoint => endPoint;

    public MemoryPool<byte> MemoryPool => memory!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (await listener.AcceptAsync(cancellationToken) is not StackConnection connection) return null;
        if (memory is not null) connection.Features.Set<IMemoryPoolFeature>(this);
        return connection.AsTransport();
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        memory?.Dispose();
    }
}
