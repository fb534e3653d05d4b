using System.Net;
using ActorStack.Actors.Connections;
using Microsoft.AspNetCore.Connections;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.Hosting;

/// <summary>
/// A port of the stack whose connections the application accepts one by one. Established connections wait in the backlog
/// (<see cref="ListenerOptions.Backlog"/>) until they are accepted.
/// </summary>
public sealed class ConnectionListener : IConnectionListener
{
    private readonly IActorStack _stack;
    private readonly AcceptedConnections _accepted;
    private readonly Func<Task> _unbind;

    internal ConnectionListener(
        string name, IPEndPoint endPoint, IActorStack stack, AcceptedConnections accepted, Func<Task> unbind) =>
        (Name, EndPoint, _stack, _accepted, _unbind) = (name, endPoint, stack, accepted, unbind);

    /// <summary>The service's name in lists and logs.</summary>
    public string Name { get; }

    /// <summary>The address as it was given, and the port, also where the stack chose it.</summary>
    public IPEndPoint EndPoint { get; }

    EndPoint IConnectionListener.EndPoint => EndPoint;

    /// <summary>
    /// Waits for a connection. The caller disposes it to end it. Null: the listener is unbound or the stack stops, and no
    /// connection waits any more. Several callers may wait at once.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.TakeAsync(cancellationToken) is { } connection ? new StackConnection(connection, _stack) : null;

    /// <summary>
    /// Closes the port: from now on SYNs are answered with a RST. Connections that wait can still be accepted, and those that
    /// were accepted go on.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for the answer; the port is closed all the same.</param>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        new(_unbind().WaitAsync(cancellationToken));

    /// <summary>Closes the port and resets the connections that nobody has accepted. Accepted ones go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _accepted.Refuse();
    }
}
