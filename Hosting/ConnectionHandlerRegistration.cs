using ActorStack.Actors.Connections;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>A service on a port and the handler class that serves its connections.</summary>
internal sealed record ConnectionHandlerRegistration(string Name, int Port, Type HandlerType, ListenerOptions Options)
{
    public ListenerSettings ToListenerSettings(IServiceScopeFactory scopes, Config config) => new(Name, (ushort)Port, Serve(scopes))
    {
        CongestionAlgorithm = Options.Congestion ?? CongestionName.Read(config, $"actorstack.services.\"{Name}\".congestion"),
        UnsafePreferInlineScheduling = Options.UnsafePreferInlineScheduling,
    };

    private ConnectionApplication Serve(IServiceScopeFactory scopes) => async (context, stopping) =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var handler = (ConnectionHandler)scope.ServiceProvider.GetRequiredService(HandlerType);
        await handler.HandleAsync(new Connection(context), stopping);
    };
}
