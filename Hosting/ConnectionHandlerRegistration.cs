using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Options;
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
    public ListenerSettings ToListenerSettings(IServiceScopeFactory scopes, Config config, SocketOptions defaults)
    {
        var section = HoconSection.OfStack(config).Section($"services.\"{Name}\"");
        return new ListenerSettings(Name, (ushort)Port, Serve(scopes))
        {
            Options = Settle(defaults, section),
            Backlog = Options.Backlog ?? Number("backlog", OptionRanges.Backlog) ?? ListenerSettings.DefaultBacklog,
            Concurrency = Options.Concurrency ?? Number("concurrency", OptionRanges.Concurrency) ?? 0,
            UnsafePreferInlineScheduling = Options.UnsafePreferInlineScheduling,
        };

        int? Number(string key, ValueRange<long> range) => section.Has(key) ? section.Number(key, range) : null;
    }

    private SocketOptions Settle(SocketOptions options, HoconSection section)
    {
        if (section.Has("congestion")) options = options with { CongestionAlgorithm = section.Congestion("congestion") };
        options = SocketOptionReader.Apply(options, section.Unchecked("socket-options"), $"{section.Path}.socket-options");
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
