using System.Reflection;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;
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
{
    /// <param name="scopes">Creates the scopes of the handlers.</param>
    /// <param name="config">The actor system's configuration.</param>
    /// <param name="defaults">The stack's socket options.</param>
    /// <exception cref="StackStartException">The configuration of the service is not valid.</exception>
    public ListenerSettings ToListenerSettings(IServiceScopeFactory scopes, Config config, SocketOptions defaults) =>
        Options.ToSettings(Name, Port, config, defaults) with
        {
            Application = HandlerApplication.Of(HandlerType, Services, scopes),
            IsMovable = HandlerType.IsAssignableTo(typeof(IMovableHandler)),
            WhyStateRefused = WhyStateRefused(),
        };

    /// <summary>The handler's own check of a state; null where the handler cannot move.</summary>
    private Func<ReadOnlyMemory<byte>, string?>? WhyStateRefused() => HandlerType.IsAssignableTo(typeof(IMovableHandler))
        ? typeof(ConnectionHandlerRegistration).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(HandlerType).CreateDelegate<Func<ReadOnlyMemory<byte>, string?>>()
        : null;

    private static string? Check<THandler>(ReadOnlyMemory<byte> state)
        where THandler : IMovableHandler => THandler.WhyRefused(state);
}
