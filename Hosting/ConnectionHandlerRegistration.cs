using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>A service on a port and the handler class that serves its connections.</summary>
internal sealed record ConnectionHandlerRegistration(string Name, int Port, Type HandlerType, ListenerOptions Options)
{
    /// <param name="scopes">Where handlers come from.</param>
    /// <param name="config">The actor system's.</param>
    /// <param name="defaults">The stack's.</param>
    /// <exception cref="StackStartException">The configuration of the service is not valid.</exception>
    public ListenerSettings ToListenerSettings(IServiceScopeFactory scopes, Config config, SocketOptions defaults) => new(Name, (ushort)Port, Serve(scopes))
    {
        Options = Settle(defaults, config),
        Backlog = Options.Backlog ?? Number(config, "backlog") ?? ListenerSettings.DefaultBacklog,
        Concurrency = Options.Concurrency ?? Number(config, "concurrency") ?? 0,
        UnsafePreferInlineScheduling = Options.UnsafePreferInlineScheduling,
    };

    private string Section => $"actorstack.services.\"{Name}\"";

    private int? Number(Config config, string key)
    {
        if (!config.HasPath($"{Section}.{key}")) return null;
        var number = config.GetInt($"{Section}.{key}");
        return number >= 0 ? number : throw new StackStartException($"{Section}.{key} is {number}.", "Give 0 or more.");
    }

    private SocketOptions Settle(SocketOptions options, Config config)
    {
        if (CongestionName.Read(config, $"{Section}.congestion") is { } configured) options = options with { CongestionAlgorithm = configured };
        options = SocketOptionReader.Apply(options, config.GetConfig($"{Section}.socket-options"), $"{Section}.socket-options");
        if (Options.Congestion is { } congestion) options = options with { CongestionAlgorithm = congestion };
        return Options.Socket?.Invoke(options) ?? options;
    }

    private ConnectionApplication Serve(IServiceScopeFactory scopes) => async (context, stopping) =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var handler = (ConnectionHandler)scope.ServiceProvider.GetRequiredService(HandlerType);
        await handler.HandleAsync(new Connection(context), stopping);
    };
}
