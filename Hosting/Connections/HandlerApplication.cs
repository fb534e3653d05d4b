using System.Reflection;
using ActorStack.Actors.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>The application of a service: for each connection a handler from dependency injection.</summary>
internal static class HandlerApplication
{
    private const BindingFlags Constructor =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;

    /// <summary>
    /// Each handler has a scope of its own, which takes half a kilobyte while the connection lasts. A handler that depends on
    /// nothing and needs no disposal cannot see a scope, and goes without.
    /// </summary>
    /// <param name="handler">A class derived from <see cref="ConnectionHandler"/>.</param>
    /// <param name="services">The registrations of the host.</param>
    /// <param name="scopes">Creates the scopes.</param>
    /// <param name="stack">Moves the connections.</param>
    public static ConnectionApplication Of(
        Type handler, IServiceCollection services, IServiceScopeFactory scopes, IActorStack stack) =>
        IsAlone(handler) && IsMadeByClass(handler, services, scopes)
            ? (context, _) => New(handler).OnConnectedAsync(new StackConnection(context, stack))
            : async (context, _) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                var scoped = (ConnectionHandler)scope.ServiceProvider.GetRequiredService(handler);
                await scoped.OnConnectedAsync(new StackConnection(context, stack));
            };

    private static ConnectionHandler New(Type handler) =>
        (ConnectionHandler)Activator.CreateInstance(handler, Constructor, binder: null, args: null, culture: null)!;

    private static bool IsAlone(Type handler) =>
        !handler.IsAssignableTo(typeof(IDisposable)) && !handler.IsAssignableTo(typeof(IAsyncDisposable))
        && handler.GetConstructors() is [var constructor] && constructor.GetParameters().Length == 0;

    /// <summary>
    /// The host has no other recipe for the handler than its class. Another container than .NET's may have one that the
    /// registrations do not show.
    /// </summary>
    private static bool IsMadeByClass(Type handler, IServiceCollection services, IServiceScopeFactory scopes) =>
        services.Where(service => service.ServiceType == handler).ToArray() is [{ IsKeyedService: false } only]
        && only.ImplementationType == handler && only.Lifetime == ServiceLifetime.Scoped
        && scopes.GetType().Assembly == typeof(ServiceProvider).Assembly;
}
