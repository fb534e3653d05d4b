using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorStack.AspNetCore;

/// <summary>Serves ports of a stack by connection delegates and middleware of Microsoft.AspNetCore.Connections.</summary>
public static class ActorStackBuilderExtensions
{
    /// <summary>
    /// Listens on <paramref name="port"/> (1 to 65,535) of every address, without Kestrel. At a stop the delegate is asked to end
    /// by <c>IConnectionLifetimeNotificationFeature.ConnectionClosedRequested</c>.
    /// </summary>
    /// <param name="stack">The stack.</param>
    /// <param name="name">The service's name in lists and logs.</param>
    /// <param name="port">The port to listen on.</param>
    /// <param name="configure">
    /// Composes the delegate from middleware, for example
    /// <c>connection => connection.Use(CountAsync).UseConnectionHandler&lt;EchoHandler&gt;()</c>.
    /// </param>
    /// <param name="options">Sets the options of the service; null: they come from the configuration.</param>
    public static ActorStackBuilder AddConnectionDelegate(
        this ActorStackBuilder stack, string name, int port, Action<IConnectionBuilder> configure,
        Action<ListenerOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(configure);
        stack.Services.TryAddSingleton<ConnectionDelegates>();
        stack.Services.AddSingleton(new ConnectionDelegateRegistration(port, configure));
        return stack.AddConnectionHandler<ConnectionDelegateHandler>(name, port, options);
    }
}
