using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections.Features;
using StackConnectionHandler = ActorStack.Hosting.ConnectionHandler;

namespace ActorStack.AspNetCore;

/// <summary>Serves a connection by the connection delegate of its port.</summary>
internal sealed class ConnectionDelegateHandler(ConnectionDelegates delegates, IActorStack stack) : StackConnectionHandler
{
    /// <summary>A delegate that throws leaves the pipe open, so that the stack resets the connection.</summary>
    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var context = new StackConnectionContext(connection, stack, memory: null);
        context.Features.Set<IConnectionLifetimeNotificationFeature>(new CloseRequest(closing));
        await delegates.Of(connection.LocalEndPoint.Port)(context);
        await context.DisposeAsync();
    }

    /// <summary>Asks the delegate to end: the stack does at its stop, middleware at any time.</summary>
    private sealed class CloseRequest(CancellationTokenSource closing) : IConnectionLifetimeNotificationFeature
    {
        public CancellationToken ConnectionClosedRequested { get; set; } = closing.Token;

        public void RequestClose() => closing.Cancel();
    }
}
