using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorStack.Hosting;

/// <summary>Adds to a stack registered with <see cref="ActorStackServiceCollectionExtensions.AddActorStack"/>.</summary>
public sealed class ActorStackBuilder
{
    internal ActorStackBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that the stack is registered with.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Listens on <paramref name="port"/> (1 to 65,535) of every address; each connection gets a handler of its own.
    /// </summary>
    /// <param name="name">The service's name in lists and logs.</param>
    /// <param name="port">The port that it listens on.</param>
    /// <param name="configure">Gives the options of the service; null: those of the configuration.</param>
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
        Services.AddSingleton(new ConnectionHandlerRegistration(name, port, handlerType, options));
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
