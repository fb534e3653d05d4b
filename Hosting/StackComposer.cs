using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Cluster.Flows;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Actors.Policy;
using ActorStack.Actors.Serialization;
using ActorStack.Hosting.Cluster;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.TakeOver;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Composes a stack from the actor system's HOCON: link, engines, buffers, policy.</summary>
internal sealed class StackComposer(
    IEnumerable<ILink> givenLinks, StackJournal journal, ToeFaults faults, ILogger<StackComposer> logger)
{
    /// <summary>The descriptors that a service without connections in the kernel needs, its stop included.</summary>
    private const int FewestDescriptors = 400;

    /// <summary>The time that another process of this machine may take to answer a message of a handoff.</summary>
    private static readonly TimeSpan HandoffTimeout = TimeSpan.FromSeconds(10);

    private readonly HostChangeLog _hostChanges = new(logger);

    /// <param name="system">The HOCON of the actor system.</param>
    /// <param name="cluster">The cluster of the node; null: it is in none.</param>
    /// <param name="takeOver">The take-over from process to process; null: there is none.</param>
    public StackComposition Compose(Config system, AkkaNodeNetwork? cluster = null, TakeOverService? takeOver = null)
    {
        CheckDescriptors();
        var stack = HoconSection.OfStack(system);
        if (cluster is null) ClusterSettings.Read(stack);
        TakeOverSettings.Read(stack);
        var addresses = ReadAddresses(stack);
        var loops = stack.Read(StackOptionTable.Loops);
        var link = givenLinks.SingleOrDefault() is { } given
            ? Verify(given, loops, stack)
            : OpenTun(stack, addresses, loops, takeOver);
        var engines = new List<IOffloadEngine>();
        INodeForwarder? forwarder = null;
        try
        {
            AddEngine(engines, "kernel", stack.Read(StackOptionTable.Kernel), () => OpenKernel(link, addresses));
            AddEngine(engines, "toe", stack.Read(StackOptionTable.Toe), () => StartToe(link, stack));
            forwarder = cluster is null ? null : OpenForwarder(link, addresses, cluster);
            var settings = Settle(stack, link, addresses, engines, cluster) with { Forwarder = forwarder };
            if (takeOver?.Network is not null && link is TunLink) settings = WithTakeOver(settings, takeOver);
            return new StackComposition(settings, stack.Read(StackOptionTable.DrainLimit));
        }
        catch
        {
            forwarder?.Dispose();
            foreach (var engine in engines) engine.Dispose();
            link.Dispose();
            throw;
        }
    }

    private StackSettings Settle(
        HoconSection stack, ILink link, IReadOnlyList<IpAddress> addresses, IReadOnlyList<IOffloadEngine> engines,
        AkkaNodeNetwork? cluster)
    {
        return new StackSettings(link, addresses)
        {
            Engines = engines,
            Policy = OffloadPolicy.Parse(stack.Unchecked("policy"), [.. engines.Select(engine => engine.Name)]),
            Tcp = TcpSettings.Default with
            {
                Options = ReadOptions(stack),
                Mtu = link.Mtu,
                MaximumSegmentPayload = link.MaximumSegmentPayload,
                Pacing = stack.Read(StackOptionTable.Pacing),
                Ecn = stack.Read(StackOptionTable.Ecn),
            },
            Buffers = ReadBuffers(stack),
            Trace = OpenTraces(stack),
            MigrationTimeout = stack.Read(StackOptionTable.MigrationTimeout),
            MaximumConnections = stack.Read(StackOptionTable.MaximumConnections),
            MaximumHalfOpen = stack.Read(StackOptionTable.HalfOpen),
            MaximumHalfOpenPerSource = stack.Read(StackOptionTable.HalfOpenPerSource),
            MaximumConnectionsPerSource = stack.Read(StackOptionTable.ConnectionsPerSource),
            MaximumOrphans = stack.Read(StackOptionTable.Orphans),
            MaximumTimeWaits = stack.Read(StackOptionTable.TimeWaits),
            ChallengesPerSecond = stack.Read(StackOptionTable.ChallengeAcksPerSecond),
            Memory = ReadMemory(stack),
            EphemeralPorts = EphemeralPortRange.Parse(stack.Read(StackOptionTable.EphemeralPorts)),
            EndedKept = stack.Read(StackOptionTable.EndedKept),
            Journal = journal.Journal,
            Node = ClusterStart.NameOf(stack),

            // A journal in memory cannot count the starts, so each start gets an incarnation from the clock. In a cluster it is
            // the one that the other nodes know.
            Incarnation = cluster?.Settings.Incarnation
                ?? (journal.Journal is null ? DateTimeOffset.UtcNow.ToUnixTimeSeconds() : null),
            Cluster = cluster,
            Directory = cluster is null ? null : new FlowDirectory(cluster, TimeProvider.System),
            UnknownFlows = ReadUnknownFlows(stack),
            Balance = ReadBalance(stack),
            Secret = cluster?.Secret,
            HostChanges = _hostChanges.Counts,
        };
    }

    private StackSettings WithTakeOver(StackSettings settings, TakeOverService takeOver) => settings with
    {
        Cluster = takeOver.Network,
        Forwarder = new DeviceForwarder(settings.Link, () => KernelFlowSteering.Open(
            new FlowSteeringSettings(settings.Link.Name, settings.Addresses)
            {
                IsBeforeEngine = true, // connections in the kernel stay there until they move
                SteersLocal = true,
                HostChanged = _hostChanges.Note,
            })),
        Secret = takeOver.Secret,
        IsSecretShared = false,
        Incarnation = settings.Incarnation is { } incarnation ? Math.Max(incarnation, takeOver.LeastIncarnation) : null,
        LeastIncarnation = takeOver.LeastIncarnation,
        IsSettled = !takeOver.HasPredecessor,

        // The kernel tells when the other process ends, so that a late answer means a busy machine.
        HandoffTimeout = HandoffTimeout,
    };

    private static IpAddress[] ReadAddresses(HoconSection stack)
    {
        var addresses = stack.Read(StackOptionTable.Addresses);
        if (addresses.Count == 0)
        {
            throw new StackStartException(
                "The stack has no address.", "Give it one: --address 10.9.0.1/32, or ActorStack:Addresses in the configuration.");
        }

        return [.. addresses.Select(text => IpAddress.From(VirtualAddress.Parse(text).Address))];
    }

    private static UnknownFlowLimits ReadUnknownFlows(HoconSection stack) => new()
    {
        Flows = stack.Read(StackOptionTable.ClusterUnknownFlows),
        FramesPerFlow = stack.Read(StackOptionTable.ClusterUnknownFrames),
        Bytes = stack.Read(StackOptionTable.ClusterUnknownBytes),
        SteeredFlows = stack.Read(StackOptionTable.ClusterSteeredFlows),
    };

    private static BalanceSettings? ReadBalance(HoconSection stack)
    {
        var settings = new BalanceSettings
        {
            By = stack.Read(StackOptionTable.ClusterBalanceBy),
            Interval = stack.Read(StackOptionTable.ClusterBalanceInterval),
            Threshold = stack.Read(StackOptionTable.ClusterBalanceThreshold),
            Minimum = stack.Read(StackOptionTable.ClusterBalanceMinimum),
        };
        return stack.Read(StackOptionTable.ClusterBalanceEnabled) ? settings : null;
    }

    private static ConnectionBufferOptions ReadBuffers(HoconSection stack) => new()
    {
        InitialSendLimit = stack.Read(StackOptionTable.InitialSendLimit),
        SendCapacity = stack.Read(StackOptionTable.SendCapacity),
        InitialReceiveLimit = stack.Read(StackOptionTable.InitialReceiveLimit),
        ReceiveCapacity = stack.Read(StackOptionTable.ReceiveCapacity),
    };

    private static TcpMemoryLimits ReadMemory(HoconSection stack)
    {
        var shares = TcpMemoryLimits.OfAvailable();
        var limits = new TcpMemoryLimits(
            Read(StackOptionTable.MemoryLow, shares.Low), Read(StackOptionTable.MemoryPressure, shares.Pressure),
            Read(StackOptionTable.MemoryHigh, shares.High));
        limits = limits with { Fragments = Read(StackOptionTable.MemoryFragments, limits.Fragments) };
        if (limits.Low <= limits.Pressure && limits.Pressure <= limits.High && limits.Fragments <= limits.High) return limits;
        throw new StackStartException(
            $"{stack.Path}.limits.memory is {limits.Low}, {limits.Pressure}, {limits.High} bytes, "
            + $"{limits.Fragments} of them for fragments.",
            "Give low, pressure and high in ascending order, and no more for fragments than high, or 0.");

        long Read(StackOption<long> option, long share) => stack.Read(option) is > 0 and var bytes ? bytes : share;
    }

    private static SocketOptions ReadOptions(HoconSection stack) => SocketOptionReader.Apply(
        SocketOptions.Default with { CongestionAlgorithm = stack.Read(StackOptionTable.Congestion) },
        stack.Unchecked("socket-options"), $"{stack.Path}.socket-options");

    private static TraceSettings? OpenTraces(HoconSection stack)
    {
        if (stack.Read(StackOptionTable.TraceDirectory) is not { Length: > 0 } directory) return null;
        try
        {
            directory = Directory.CreateDirectory(directory).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StackStartException(
                $"The directory of traces {directory} cannot be made: {error.Message}", "Give another with --trace.", error);
        }

        return new TraceSettings(directory)
        {
            MaximumBytes = stack.Read(StackOptionTable.TraceMaximumBytes),
            Services = stack.Read(StackOptionTable.TraceServices),
        };
    }

    /// <summary>
    /// Checks the number of loops against a given link, because a stack runs one loop for each queue of its link.
    /// </summary>
    private static ILink Verify(ILink link, int? loops, HoconSection stack)
    {
        var queues = link is IMultiQueueLink { Queues.Count: var count } ? count : 1;
        if (loops is null || loops == queues) return link;
        throw new StackStartException(
            $"{stack.Path}.loops is '{loops}', and the link {link.Name} has {(queues == 1 ? "one queue" : $"{queues} queues")}.",
            $"Write auto or {queues}, or give the stack a link with as many queues as loops.");
    }

    private TunLink OpenTun(HoconSection stack, IReadOnlyList<IpAddress> addresses, int? loops, TakeOverService? takeOver)
    {
        var tun = stack.Read(StackOptionTable.Tun);
        var link = TunLink.Open(new TunLinkSettings(takeOver?.DeviceFor(tun) ?? tun, addresses)
        {
            HasRoutes = takeOver is not { HasPredecessor: true },
            Queues = loops ?? Math.Min(Environment.ProcessorCount, FlowSpread.MaximumCount),
            Mtu = stack.Read(StackOptionTable.MtuOf(addresses.Any(address => address.IsIPv6))),
            HostChanged = _hostChanges.Note,
        });
        if (link.NotSteered is { } reason)
        {
            logger.NotSteered(reason);
        }

        return link;
    }

    /// <summary>
    /// Opens the kernel engine, which needs a TUN device, because the kernel gets no packets from a link in memory.
    /// </summary>
    private KernelEngine OpenKernel(ILink link, IReadOnlyList<IpAddress> addresses)
    {
        if (link is not TunLink) throw new LinuxException($"the kernel engine needs a TUN device, and the link is {link.Name}");
        var settings = new KernelEngineSettings(link.Name, addresses, link) { HostChanged = _hostChanges.Note };
        var room = DescriptorLimit.Value - FewestDescriptors;
        if (room < settings.Capacity)
        {
            logger.FewDescriptors(DescriptorLimit.Value, room, settings.Capacity, DescriptorLimit.WhatToDo);
        }

        return KernelEngine.Open(settings);
    }

    /// <summary>
    /// Without forwarding the node serves, and its connections stay: every request to move one tells the reason.
    /// </summary>
    private INodeForwarder OpenForwarder(ILink link, IReadOnlyList<IpAddress> addresses, AkkaNodeNetwork cluster)
    {
        if (link is not TunLink) return new NoForwarder($"the link {link.Name} is no TUN device");
        try
        {
            var own = SteeringAddress.TryParse(cluster.Settings.Steering, out var nextHop) ? nextHop as TunnelHop : null;
            var steering = KernelFlowSteering.Open(new FlowSteeringSettings(link.Name, addresses)
            {
                TunnelAddress = own?.Address,
                HostChanged = _hostChanges.Note,
            });
            return new SteeringForwarder(steering, link, cluster);
        }
        catch (LinuxException error)
        {
            logger.CannotForward(error);
            return new NoForwarder(error.Message);
        }
    }

    private static void CheckDescriptors()
    {
        if (!OperatingSystem.IsLinux() || DescriptorLimit.Value >= FewestDescriptors) return;
        throw new StackStartException(
            $"The process may have {DescriptorLimit.Value} files open, and a service needs {FewestDescriptors} at least.",
            $"Please {DescriptorLimit.WhatToDo}.");
    }

    private EmulatedToe StartToe(ILink link, HoconSection stack)
    {
        var options = EmulatedToeOptions.Default with
        {
            TableSize = stack.Read(StackOptionTable.ToeCapacity),

            // The ring has room for more than the capacity, because the last write before the application must wait may exceed
            // it.
            SendRingBytes = (int)Math.Min(2L * stack.Read(StackOptionTable.SendCapacity), int.MaxValue / 2),
        };
        return EmulatedToe.Start(link, HyperionStateCodec.Instance, options, faults);
    }

    private void AddEngine(List<IOffloadEngine> engines, string name, EngineMode mode, Func<IOffloadEngine> open)
    {
        if (mode == EngineMode.Off) return;
        try
        {
            engines.Add(open());
        }
        catch (LinuxException absent) when (mode == EngineMode.Auto)
        {
            logger.EngineAbsent(name, absent.Message);
        }
    }
}
