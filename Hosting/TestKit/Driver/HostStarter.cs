using ActorStack.Actors;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Hosting;
using ActorStack.TestKit.Cluster;
using ActorStack.TestKit.Links;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// Starts the stacks of a network: the nodes, and the host of the real peers. Each has a loop of its own, which the thread of the
/// network turns.
/// </summary>
internal sealed class HostStarter(StackNetwork network, ActorSystem system, SimulatedCluster cluster, Fabric fabric)
{
    /// <summary>The secret that the nodes of the cluster share.</summary>
    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)7, 32)];

    private int _loops;

    /// <summary>The virtual address of the nodes.</summary>
    public static IpAddress NodeAddress { get; } = IpAddress.Parse("10.9.0.1");

    /// <summary>The address of the scripted peers.</summary>
    public static IpAddress ScriptedAddress { get; } = IpAddress.Parse("10.1.0.2");

    /// <summary>The address of the real peers.</summary>
    public static IpAddress PeerAddress { get; } = IpAddress.Parse("10.1.0.1");

    private NetworkDriver Driver => network.Driver;

    /// <summary>Starts the host of the real peers.</summary>
    public async Task<IActorRef> StartPeersAsync(ILink link)
    {
        var context = new HostContext(Driver.Work);
        return await StartAsync("peers", context, SettingsOf("peers", link, PeerAddress, context));
    }

    /// <summary>Starts a node with its services.</summary>
    public async Task<StackNode> StartNodeAsync(string name, Action<ActorStackBuilder> configure)
    {
        var context = new HostContext(Driver.Work);
        var link = fabric.LinkOf(name);
        var toe = new SteppedToe(link, Driver.Clock);
        var member = cluster.Join(name);
        var settings = SettingsOf(name, link, NodeAddress, context) with
        {
            Engines = [toe.Engine],
            Cluster = member,
            Secret = Secret,
            Forwarder = fabric.ForwarderOf(name),
            Directory = new FlowDirectory(member, Driver.Clock),
        };
        Driver.Add(() => !context.IsDead && toe.Turn(), () => context.IsDead ? null : toe.NextStep);
        var stack = new NodeStack(member, settings, system.Settings.Config);
        var services = BuildServices(name, configure, stack);
        stack.Actor = await StartAsync(name, context, settings);
        foreach (var registration in services.GetServices<ConnectionRegistration>())
        {
            await ListenAsync(name, context, stack.Actor, registration.ToListenerSettings(
                stack, services, system.Settings.Config, settings.Tcp.Options));
        }

        return new StackNode(network, name, services, context, stack.Actor);
    }

    private ServiceProvider BuildServices(string name, Action<ActorStackBuilder> configure, IActorStack stack)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(network.Log.ProviderOf(name)));
        configure(new ActorStackBuilder(services));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Driver.Clock));
        services.AddSingleton(stack);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private StackSettings SettingsOf(string name, ILink link, IpAddress address, HostContext context) => new(link, [address])
    {
        Tcp = TcpSettings.Default with { Mtu = link.Mtu, MaximumSegmentPayload = link.MaximumSegmentPayload },
        Buffers = ConnectionBufferOptions.Default with
        {
            ApplicationScheduler = context.Scheduler,
            UsesSynchronizationContext = true,
        },
        Time = Driver.Clock,
        Seed = network.Seed,
        Node = name,
        Incarnation = 1,
    };

    /// <summary>Starts a stack, and waits until it answers.</summary>
    private async Task<IActorRef> StartAsync(string name, HostContext context, StackSettings settings)
    {
        var dispatcher = LoopDispatchers.IdOf(system, StackActor.DefaultDispatcher, _loops++);
        var loop = ((LoopDispatcher)system.Dispatchers.Lookup(dispatcher)).Loop;
        Driver.Add(
            () => (!context.IsDead || Driver.IsEnding) && loop.RunOnce(),
            () => context.IsDead || loop.UntilNextTimer == Timeout.InfiniteTimeSpan ? null : Driver.Now + loop.UntilNextTimer);
        var stack = system.ActorOf(StackActor.Props(settings, dispatcher), $"stack-{name}");
        await network.AskAsync<StackProtocol.ConnectionList>(
            stack, new StackProtocol.ListConnections(Ended: false), $"the start of {name}", TimeSpan.Zero);
        return stack;
    }

    private async Task ListenAsync(string name, HostContext context, IActorRef stack, ListenerSettings settings)
    {
        var hosted = settings with
        {
            Application = context.Host(settings.Application!, Failed),
            UnsafePreferInlineScheduling = false, // the scheduler of the network decides
        };
        await network.AskAsync<StackProtocol.Listening>(
            stack, new StackProtocol.Listen(hosted), $"the service {settings.Name} of node {name}", TimeSpan.Zero);

        void Failed(IConnectionContext connection, Exception error) =>
            network.Log.Add($"the handler of {settings.Name} at node {name} failed with connection {connection.Id}: {error}");
    }
}
