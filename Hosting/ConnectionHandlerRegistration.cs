using ActorStack.Actors.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>A service on a port and the handler class that serves its connections.</summary>
internal sealed record ConnectionHandlerRegistration(string Name, int Port, Type HandlerType)
{
    public ListenerSettings ToListenerSettings(IServiceScopeFactory scopes) => new(Name, (ushort)Port, Serve(scopes));

    private ConnectionApplication Serve(IServiceScopeFactory scopes) => async (context, stopping) =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var handler = (ConnectionHandler)scope.ServiceProvider.GetRequiredService(HandlerType);
        await handler.HandleAsync(new Connection(context), stopping);
    };
}
