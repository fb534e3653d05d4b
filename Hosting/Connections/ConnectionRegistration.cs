using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>A service of the stack.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Port">The port that it listens on; 0: it serves connections that the stack opens.</param>
/// <param name="Options">The options of the service.</param>
internal abstract record ConnectionRegistration(string Name, int Port, ListenerOptions Options)
{
    /// <summary>The only address of the stack to listen on; null: every address.</summary>
    public IpAddress? Address { get; init; }

    /// <param name="stack">Moves the connections.</param>
    /// <param name="services">The services of the host.</param>
    /// <param name="config">The actor system's configuration.</param>
    /// <param name="defaults">The stack's socket options.</param>
    /// <exception cref="StackStartException">The configuration of the service is not valid.</exception>
    public ListenerSettings ToListenerSettings(
        IActorStack stack, IServiceProvider services, Config config, SocketOptions defaults) =>
        Complete(
            Options.ToSettings(Name, Port, config, defaults) with { IsConnector = Port == 0, Address = Address },
            stack, services);

    /// <summary>Adds what serves the connections.</summary>
    private protected abstract ListenerSettings Complete(
        ListenerSettings settings, IActorStack stack, IServiceProvider services);
}
