using ActorStack.Hosting.Control;
using ActorStack.Hosting.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Adds gateways to a stack.</summary>
public static class GatewayBuilderExtensions
{
    /// <summary>
    /// Adds a gateway: it listens on a virtual address, and opens a connection to a backend for each client. Both connections
    /// go to another process or node together, so that a restart drops none. Its options come from configuration section
    /// <c>ActorStack:Gateways:NAME</c>, then from <paramref name="configure"/>; a change of the configuration is followed at
    /// once.
    /// </summary>
    /// <param name="builder">The stack.</param>
    /// <param name="name">The name of the gateway, and of the service of its clients in lists and logs.</param>
    /// <param name="configure">Sets the options of the gateway.</param>
    /// <param name="listener">Sets the options of its connections on both sides.</param>
    public static ActorStackBuilder AddGateway(
        this ActorStackBuilder builder, string name, Action<GatewayOptions>? configure = null,
        Action<ListenerOptions>? listener = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var connections = ActorStackBuilder.Configured(listener);
        var services = builder.Services;
        services.AddOptions<GatewayOptions>(name)
            .Configure<IConfiguration>((options, configuration) =>
                configuration.GetSection($"{GatewayOptions.SectionName}:{name}").Bind(options))
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IConfiguration>(_ => new ConfigurationBuilder().Build()); // where there is no host
        services.AddKeyedSingleton(name, (provider, _) => new GatewayHost(
            name, provider.GetRequiredService<IActorStack>(), provider.GetRequiredService<IOptionsFactory<GatewayOptions>>(),
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<GatewayHost>(name));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IControlEndpoints, GatewaysEndpoint>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<GatewayHost>(name));
        services.AddSingleton<ConnectionRegistration>(provider => GatewayRegistration.ForClients(
            name, provider.GetRequiredService<IOptionsMonitor<GatewayOptions>>().Get(name), connections));
        services.AddSingleton<ConnectionRegistration>(GatewayRegistration.ForBackends(name, connections));
        return builder;
    }
}
