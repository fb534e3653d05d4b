using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
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
    /// Listens on <paramref name="port"/> (1 to 65,535) of every address. Each connection gets a handler of its own, from a scope
    /// of dependency injection that ends with the connection: a handler may keep the state of its connection in its fields.
    /// </summary>
    /// <remarks>
    /// When the handler returns, a FIN follows the payload that it wrote. When it throws, a timeout of its own included, the
    /// connection is reset; so it is where received bytes are unread or bytes arrive later (RFC 9293 section 3.6.1, as close(2)
    /// does in Linux). Where the last bytes that you write must arrive, complete the output, read to the end, then return: even
    /// an unread close_notify of the peer causes a reset. At a stop the handler is asked to end by
    /// <see cref="IConnectionLifetimeNotificationFeature.ConnectionClosedRequested"/>. A connection that the handler opened
    /// itself does not end for it.
    /// </remarks>
    /// <typeparam name="THandler">
    /// The handler. Where it is an <see cref="IMovableHandler"/>, its connections can go to other nodes.
    /// </typeparam>
    /// <param name="name">The service's name in lists and logs.</param>
    /// <param name="port">The port to listen on.</param>
    /// <param name="configure">Sets the options of the service; null: the options come from the configuration.</param>
    public ActorStackBuilder AddConnectionHandler<THandler>(string name, int port, Action<ListenerOptions>? configure = null)
        where THandler : ConnectionHandler => AddConnectionHandler(typeof(THandler), name, port, configure);

    /// <inheritdoc cref="AddConnectionHandler{THandler}"/>
    public ActorStackBuilder AddConnectionHandler(Type handlerType, string name, int port, Action<ListenerOptions>? configure)
    {
        if (!handlerType.IsSubclassOf(typeof(ConnectionHandler)))
            throw new ArgumentException($"{handlerType} is no {nameof(ConnectionHandler)}.", nameof(handlerType));

        Services.TryAddScoped(handlerType);
        return Add(new ConnectionHandlerRegistration(name, port, handlerType, Configured(configure), Services));
    }

    /// <summary>
    /// Listens on <paramref name="port"/> (1 to 65,535) of every address, and serves the connections by middleware and what is
    /// behind it. They do not go to other nodes, because middleware may hold what belongs to them. At their end, bytes that have
    /// arrived and that nobody has read do not reset them, as over Kestrel's sockets.
    /// </summary>
    /// <param name="name">The service's name in lists and logs.</param>
    /// <param name="port">The port to listen on.</param>
    /// <param name="configure">
    /// Composes the middleware when the stack starts, for example <c>connection =>
    /// connection.Use(CountAsync).UseConnectionHandler&lt;EchoHandler&gt;()</c>, which makes one handler for all connections.
    /// </param>
    /// <param name="options">Sets the options of the service; null: they come from the configuration.</param>
    public ActorStackBuilder AddConnection(
        string name, int port, Action<IConnectionBuilder> configure, Action<ListenerOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(new ConnectionPipelineRegistration(name, port, configure, Configured(options)));
    }

    /// <summary>
    /// Serves connections that the application opens with <see cref="ConnectOptions.Connector"/>. Each gets a handler of its own,
    /// as an accepted connection does. Where the handler is an <see cref="IMovableHandler"/>, the connection can go to a node
    /// that has a connector of the same name.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="name">The name in lists, logs and the configuration (<c>services.NAME</c>).</param>
    /// <param name="configure">Sets the options of the service; null: the options come from the configuration.</param>
    public ActorStackBuilder AddConnector<THandler>(string name, Action<ListenerOptions>? configure = null)
        where THandler : ConnectionHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Services.TryAddScoped<THandler>();
        Services.AddSingleton<ConnectionRegistration>(
            new ConnectionHandlerRegistration(name, Port: 0, typeof(THandler), Configured(configure), Services));
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

    /// <summary>
    /// Serves the dashboard on an address of the host: a page that shows live where every connection runs. Everybody who reaches
    /// the address sees it. An application with a web server of its own maps it there instead, behind its own authorization:
    /// <see cref="ActorStackDashboardExtensions.MapActorStackDashboard"/>.
    /// </summary>
    /// <param name="endPoint">
    /// The address, a loopback address where the page moves connections; and the port, 0 for one that the system chooses.
    /// </param>
    /// <param name="allowActions">
    /// Whether the page moves connections. It then needs a secret, which is in the address that the log has.
    /// </param>
    public ActorStackBuilder AddDashboard(IPEndPoint endPoint, bool allowActions = false)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Services.AddSingleton(new Dashboard.DashboardEndpoint(endPoint, new DashboardOptions { AllowActions = allowActions }));
        Services.AddSingleton<Dashboard.DashboardService>();
        Services.AddHostedService(provider => provider.GetRequiredService<Dashboard.DashboardService>());
        return this;
    }

    private ActorStackBuilder Add(ConnectionRegistration registration)
    {
        var (name, port) = (registration.Name, registration.Port);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Services.AddSingleton(registration);
        return this;
    }

    internal static ListenerOptions Configured(Action<ListenerOptions>? configure)
    {
        var options = new ListenerOptions();
        configure?.Invoke(options);
        return options;
    }
}
