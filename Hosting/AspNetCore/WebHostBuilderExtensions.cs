using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorStack.AspNetCore;

/// <summary>Runs an ASP.NET Core application over the stack.</summary>
public static class WebHostBuilderExtensions
{
    /// <summary>
    /// Runs a stack in this host and lets Kestrel serve its end points of type <see cref="VirtualEndPoint"/>, and those whose
    /// address is one of the stack's, over it. Other end points stay with the operating system's sockets. The stack starts before
    /// Kestrel and stops after it, so that Kestrel drains its connections first.
    /// </summary>
    /// <param name="builder">The builder of the web host.</param>
    /// <param name="configure">
    /// Sets the options of the stack; null: they come from the configuration section <c>ActorStack</c>. An application that has
    /// called <see cref="ActorStackServiceCollectionExtensions.AddActorStack"/>, for handlers of its own or for the control API,
    /// uses the same stack.
    /// </param>
    public static IWebHostBuilder UseActorStack(this IWebHostBuilder builder, Action<ActorStackOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            services.AddActorStack(configure);
            services.TryAddSingleton<StopsLast>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, StackListenerFactory>());
            services.TryAddSingleton<IConnectionFactory, StackConnectionFactory>();
        });
    }
}
