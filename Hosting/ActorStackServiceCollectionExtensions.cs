using ActorStack.Hosting.Cluster;
using ActorStack.Hosting.Systemd;
using ActorStack.Hosting.TakeOver;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Emulation.Toe;
using Akka.Actor;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Registers a stack with a host.</summary>
public static class ActorStackServiceCollectionExtensions
{
    /// <summary>
    /// Runs a TCP stack in this host. Options come from configuration section <c>ActorStack</c>, then from
    /// <paramref name="configure"/>. An application that calls <c>AddAkka</c> itself does so before this call and calls
    /// <see cref="AkkaActorStackHostingExtensions.WithActorStack"/> in it; otherwise the stack gets an actor system of its own.
    /// An <c>ILink</c> that is registered as a service replaces the TUN device. A further call only adds to the options, because
    /// a host has one stack.
    /// </summary>
    public static ActorStackBuilder AddActorStack(this IServiceCollection services, Action<ActorStackOptions>? configure = null)
    {
        if (services.Any(service => service.ServiceType == typeof(ActorStackService)))
        {
            if (configure is not null) services.Configure(configure);
            return new ActorStackBuilder(services);
        }

        if (services.All(service => service.ServiceType != typeof(ActorSystem)))
        {
            services.AddAkka("actorstack", (akka, provider) => akka
                .AddSetup(new LoggerFactorySetup(provider.GetRequiredService<ILoggerFactory>()))
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLogger<HostLogger>();
                })
                .WithActorStack(provider));
        }

        services.AddOptions<ActorStackOptions>()
            .BindConfiguration(ActorStackOptions.SectionName)
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActorStackOptions>, ActorStackOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton<StackMetrics>();
        services.TryAddSingleton<MigrationFeed>();
        services.TryAddSingleton<StackJournal>();
        services.TryAddSingleton<ToeFaults>();
        services.TryAddSingleton<ClusterStart>();
        services.TryAddSingleton(_ => new ServiceManager(Environment.GetEnvironmentVariable(ServiceManager.Variable)));
        services.TryAddSingleton<TakeOverService>();
        services.TryAddSingleton<StackComposer>();
        services.TryAddSingleton<ActorStackService>();
        services.TryAddSingleton<IActorStack>(provider => provider.GetRequiredService<ActorStackService>());
        services.AddSingleton<IStackStart>(provider => provider.GetRequiredService<ActorStackService>());
        services.AddHostedService(provider => provider.GetRequiredService<ActorStackService>());
        services.AddHostedService<StackSampler>();
        return new ActorStackBuilder(services);
    }
}
