using System.Reflection;
using ActorStack.Actors.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>A service on a port and the handler class that serves its connections.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Port">The port that it listens on.</param>
/// <param name="HandlerType">A class derived from <see cref="ConnectionHandler"/>.</param>
/// <param name="Options">The options of the service.</param>
/// <param name="Services">The registrations of the host, with one for the handler.</param>
internal sealed record ConnectionHandlerRegistration(
    string Name, int Port, Type HandlerType, ListenerOptions Options, IServiceCollection Services)
    : ConnectionRegistration(Name, Port, Options)
{
    private protected override ListenerSettings Complete(
        ListenerSettings settings, IActorStack stack, IServiceProvider services)
    {
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        return settings with
        {
            Application = HandlerApplication.Of(HandlerType, Services, scopes, stack),
            IsMovable = HandlerType.IsAssignableTo(typeof(IMovableHandler)),
            WhyStateRefused = WhyStateRefused(),
        };
    }

    /// <summary>The handler's own check of a state; null where the handler cannot move.</summary>
    private Func<ReadOnlyMemory<byte>, string?>? WhyStateRefused() => HandlerType.IsAssignableTo(typeof(IMovableHandler))
        ? typeof(ConnectionHandlerRegistration).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(HandlerType).CreateDelegate<Func<ReadOnlyMemory<byte>, string?>>()
        : null;

    private static string? Check<THandler>(ReadOnlyMemory<byte> state)
        where THandler : IMovableHandler => THandler.WhyRefused(state);
}
