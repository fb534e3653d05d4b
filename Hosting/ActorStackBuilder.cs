using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorStack.Hosting;

/// <summary>
/// Adds services and the control API to a stack that <see cref="ActorStackServiceCollectionExtensions.AddActorStack"/> has
/// registered.
/// </summary>
public sealed class ActorStackBuilder
{
    internal ActorStackBuilder(IServiceCollection services) => Services = services;

    /// <summary>The service collection of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Listens on <paramref name="port"/> (1 to 65,535) of every address. Each connection gets a handler of its own.
    /// </summary>
    /// <param name="name">The service's name in lists and logs.</param>
    /// <param name="port">The port to listen on.</param>
    /// <param name="configure">Sets the options of the service; null: the options come from the configuration.</param>
    public ActorStackBuilder AddConnectionHandler<THandler>(string name, int port, Action<ListenerOptions>? configure = null)
        where THandler : ConnectionHandler => AddConnectionHandler(typeof(THandler), name, port, configure);

    /// <inheritdoc cref="AddConnectionHandler{THandler}"/>
    public ActorStackBuilder AddConnectionHandler(Type handlerType, string name, int port, Action<ListenerOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        if (!handlerType.IsSubclassOf(typeof(ConnectionHandler)))
            throw new ArgumentException($"{handlerType} is no {nameof(ConnectionHandler)}.", nameof(handlerType));

        Services.TryAddScoped(handlerType);
        var options = new ListenerOptions();
        configure?.Invoke(options);
        Services.AddSingleton(new ConnectionHandlerRegistration(name, port, handlerType, options, Services));
        return this;
    }

    /// <summary>
    /// Makes the stack a node of a cluster, whose nodes hand connections over to each other. All nodes have the same name of the
    /// actor system.
    /// </summary>
    /// <param name="configure">Sets the options of the cluster; null: they come from the configuration.</param>
    public ActorStackBuilder WithCluster(Action<ClusterOptions>? configure = null)
    {
        Services.Configure<ActorStackOptions>(options =>
        {
            options.Cluster.Enabled = true;
            configure?.Invoke(options.Cluster);
        });
        return this;
    }

    /// <summary>
    /// Opens the control API on a Unix domain socket at <paramref name="path"/>, readable and writable by its owner only.
    /// </summary>
    public ActorStackBuilder AddControlSocket(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Services.AddSingleton(new Control.ControlSocket(path));
        Services.AddSingleton<Control.ControlService>();
        Services.AddSingleton<IStackStart>(provider => provider.GetRequiredService<Control.ControlService>());
        Services.AddHostedService(provider => provider.GetRequiredService<Control.ControlService>());
        return this;
    }
}
