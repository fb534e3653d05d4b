using ActorStack.Actors;
using ActorStack.Actors.Policy;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Engines.Emulated;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Puts a stack together from the actor system's HOCON: link, engines, buffers, policy.</summary>
internal sealed class StackComposer(IEnumerable<ILink> givenLinks, StackJournal journal, ToeFaults faults, ILogger<StackComposer> logger)
{
    public StackComposition Compose(Config system)
    {
        var config = system.GetConfig("actorstack");
        IpAddress[] addresses = [.. config.GetStringList("addresses").Select(text => IpAddress.From(VirtualAddress.Parse(text).Address))];
        if (addresses.Length == 0)
            throw new StackStartException("The stack has no address.", "Give it one: --address 10.9.0.1/32, or ActorStack:Addresses in the configuration.");

        var link = givenLinks.SingleOrDefault() ?? OpenTun(config, addresses);
        var engines = new List<IOffloadEngine>();
        try
        {
            AddEngine(engines, "kernel", config, () => OpenKernel(link, addresses));
            AddEngine(engines, "toe", config, () => StartToe(link, config));
            return new StackComposition(Settle(system, link, addresses, engines), config.GetTimeSpan("drain-limit"));
        }
        catch
        {
            foreach (var engine in engines) engine.Dispose();
            link.Dispose();
            throw;
        }
    }

    private StackSettings Settle(Config system, ILink link, IReadOnlyList<IpAddress> addresses, IReadOnlyList<IOffloadEngine> engines)
    {
        var config = system.GetConfig("actorstack");
        return new StackSettings(link, addresses)
        {
            Engines = engines,
            Policy = OffloadPolicy.Parse(config.GetConfig("policy"), [.. engines.Select(engine => engine.Name)]),
            Tcp = TcpSettings.Default with
            {
                Options = ReadOptions(system, config),
                Mtu = link.Mtu,
                MaximumSegmentPayload = link.MaximumSegmentPayload,
                Pacing = config.GetBoolean("pacing"),
                Ecn = ReadEcn(config),
            },
            Buffers = new ConnectionBufferOptions
            {
                InitialSendLimit = (int)config.GetByteSize("buffers.initial-send-limit")!,
                SendCapacity = (int)config.GetByteSize("buffers.send-capacity")!,
                InitialReceiveLimit = (int)config.GetByteSize("buffers.initial-receive-limit")!,
                ReceiveCapacity = (int)config.GetByteSize("buffers.receive-capacity")!,
            },
            Trace = OpenTraces(config.GetConfig("trace")),
            MigrationTimeout = config.GetTimeSpan("migration-timeout"),
            MaximumConnections = config.GetInt("maximum-connections"),
            MaximumHalfOpen = config.GetInt("limits.half-open"),
            MaximumHalfOpenPerSource = config.GetInt("limits.half-open-per-source"),
            MaximumConnectionsPerSource = config.GetInt("limits.connections-per-source"),
            MaximumOrphans = config.GetInt("limits.orphans"),
            MaximumTimeWaits = config.GetInt("limits.time-waits"),
            ChallengesPerSecond = Math.Max(1, config.GetInt("limits.challenge-acks-per-second")),
            Memory = ReadMemory(config.GetConfig("limits.memory")),
            EphemeralPorts = ReadPorts(config),
            EndedKept = config.GetInt("ended-kept"),
            Journal = journal.Journal,
        };
    }

    private static TcpMemoryLimits ReadMemory(Config config)
    {
        var shares = TcpMemoryLimits.OfAvailable();
        var limits = new TcpMemoryLimits(Read("low", shares.Low), Read("pressure", shares.Pressure), Read("high", shares.High));
        if (limits.Low <= limits.Pressure && limits.Pressure <= limits.High) return limits;
        throw new StackStartException(
            $"actorstack.limits.memory is {limits.Low}, {limits.Pressure}, {limits.High} bytes.", "Give low, pressure and high in ascending order, or 0.");

        long Read(string key, long share) => config.GetByteSize(key) is { } bytes and > 0 ? bytes : share;
    }

    private static SocketOptions ReadOptions(Config system, Config config)
    {
        var congestion = CongestionName.Read(system, "actorstack.congestion") ?? CongestionControls.Default;
        return SocketOptionReader.Apply(
            SocketOptions.Default with { CongestionAlgorithm = congestion }, config.GetConfig("socket-options"), "actorstack.socket-options");
    }

    private static PortRange ReadPorts(Config config)
    {
        var text = config.GetString("ephemeral-ports");
        return text.Split('-') is [var first, var last] && ushort.TryParse(first, out var low) && ushort.TryParse(last, out var high) && low > 0 && low <= high
            ? new PortRange(low, high)
            : throw new StackStartException($"actorstack.ephemeral-ports is '{text}'.", "Write the first and the last, as in 32768-60999.");
    }

    private static EcnMode ReadEcn(Config config) => Enum.TryParse<EcnMode>(config.GetString("ecn"), ignoreCase: true, out var mode)
        ? mode
        : throw new StackStartException($"actorstack.ecn is '{config.GetString("ecn")}'.", "Write active, passive or off.");

    private static TraceSettings? OpenTraces(Config config)
    {
        if (config.GetString("directory") is not { Length: > 0 } directory) return null;
        try
        {
            directory = Directory.CreateDirectory(directory).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StackStartException($"The directory of traces {directory} cannot be made: {error.Message}", "Give another with --trace.", error);
        }

        return new TraceSettings(directory)
        {
            MaximumBytes = (long)config.GetByteSize("maximum-bytes")!,
            Services = [.. config.GetStringList("services")],
        };
    }

    private TunLink OpenTun(Config config, IReadOnlyList<IpAddress> addresses) => TunLink.Open(new TunLinkSettings(config.GetString("tun"), addresses)
    {
        Mtu = config.GetInt("mtu"),
        ControlsRecord = journal.PathOf("link-controls"),
    });

    /// <summary>The kernel sees nothing of a link in memory.</summary>
    private KernelEngine OpenKernel(ILink link, IReadOnlyList<IpAddress> addresses) => link is TunLink
        ? KernelEngine.Open(new KernelEngineSettings(link.Name, addresses, link) { ControlsRecord = journal.PathOf("engine-controls") })
        : throw new LinuxException($"the kernel engine needs a TUN device, and the link is {link.Name}");

    private EmulatedToe StartToe(ILink link, Config config)
    {
        var options = EmulatedToeOptions.Default with
        {
            TableSize = config.GetInt("engines.toe-capacity"),

            // The last write before an application has to wait may go beyond the capacity.
            SendRingBytes = (int)Math.Min(2 * (long)config.GetByteSize("buffers.send-capacity")!, int.MaxValue / 2),
        };
        return EmulatedToe.Start(link, HyperionStateCodec.Instance, options, faults);
    }

    private void AddEngine(List<IOffloadEngine> engines, string name, Config config, Func<IOffloadEngine> open)
    {
        var text = config.GetString($"engines.{name}");
        if (!Enum.TryParse<EngineMode>(text, ignoreCase: true, out var mode))
            throw new StackStartException($"actorstack.engines.{name} is '{text}'.", "Write auto, required or off.");
        if (mode == EngineMode.Off) return;
        try
        {
            engines.Add(open());
        }
        catch (LinuxException absent) when (mode == EngineMode.Auto)
        {
            logger.LogWarning("The engine {Engine} is absent, connections cannot move into it: {Reason}", name, absent.Message);
        }
    }
}
