using System.Globalization;
using ActorStack.Actors;
using ActorStack.Actors.Policy;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Engines.Emulated;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Puts a stack together from the actor system's HOCON: link, engines, buffers, policy.</summary>
internal sealed class StackComposer(IEnumerable<ILink> givenLinks, StackJournal journal, ToeFaults faults, ILogger<StackComposer> logger)
{
    /// <summary>What a service without a connection in the kernel has open, and what it needs for a stop.</summary>
    private const int FewestDescriptors = 400;

    private readonly HostChangeLog _hostChanges = new(logger);

    public StackComposition Compose(Config system)
    {
        CheckDescriptors();
        var stack = HoconSection.OfStack(system);
        var addresses = ReadAddresses(stack);
        var loops = ReadLoops(stack);
        var link = givenLinks.SingleOrDefault() is { } given ? Verify(given, loops, stack) : OpenTun(stack, addresses, loops);
        var engines = new List<IOffloadEngine>();
        try
        {
            AddEngine(engines, "kernel", stack, () => OpenKernel(link, addresses));
            AddEngine(engines, "toe", stack, () => StartToe(link, stack));
            return new StackComposition(Settle(stack, link, addresses, engines), stack.Time("drain-limit", OptionRanges.DrainLimit));
        }
        catch
        {
            foreach (var engine in engines) engine.Dispose();
            link.Dispose();
            throw;
        }
    }

    private StackSettings Settle(HoconSection stack, ILink link, IReadOnlyList<IpAddress> addresses, IReadOnlyList<IOffloadEngine> engines)
    {
        var limits = stack.Section("limits");
        return new StackSettings(link, addresses)
        {
            Engines = engines,
            Policy = OffloadPolicy.Parse(stack.Unchecked("policy"), [.. engines.Select(engine => engine.Name)]),
            Tcp = TcpSettings.Default with
            {
                Options = ReadOptions(stack),
                Mtu = link.Mtu,
                MaximumSegmentPayload = link.MaximumSegmentPayload,
                Pacing = stack.Switch("pacing"),
                Ecn = stack.Choice<EcnMode>("ecn"),
            },
            Buffers = ReadBuffers(stack.Section("buffers")),
            Trace = OpenTraces(stack.Section("trace")),
            MigrationTimeout = stack.Time("migration-timeout", OptionRanges.MigrationTimeout),
            MaximumConnections = stack.Number("maximum-connections", OptionRanges.MaximumConnections),
            MaximumHalfOpen = limits.Number("half-open", OptionRanges.Limit),
            MaximumHalfOpenPerSource = limits.Number("half-open-per-source", OptionRanges.Limit),
            MaximumConnectionsPerSource = limits.Number("connections-per-source", OptionRanges.Limit),
            MaximumOrphans = limits.Number("orphans", OptionRanges.Limit),
            MaximumTimeWaits = limits.Number("time-waits", OptionRanges.Limit),
            ChallengesPerSecond = limits.Number("challenge-acks-per-second", OptionRanges.ChallengeAcksPerSecond),
            Memory = ReadMemory(limits.Section("memory")),
            EphemeralPorts = ReadPorts(stack),
            EndedKept = stack.Number("ended-kept", OptionRanges.EndedKept),
            Journal = journal.Journal,
            HostChanges = _hostChanges.Counts,
        };
    }

    private static IpAddress[] ReadAddresses(HoconSection stack)
    {
        string[] texts = [.. stack.Texts("addresses")];
        if (texts.Length == 0)
            throw new StackStartException("The stack has no address.", "Give it one: --address 10.9.0.1/32, or ActorStack:Addresses in the configuration.");
        return [.. texts.Select(text => AddressRefusal.Of(text) is { } refusal
            ? throw new StackStartException(refusal.Message, refusal.WhatToDo)
            : IpAddress.From(VirtualAddress.Parse(text).Address))];
    }

    private static ConnectionBufferOptions ReadBuffers(HoconSection buffers)
    {
        return new ConnectionBufferOptions
        {
            InitialSendLimit = Read("initial-send-limit"),
            SendCapacity = Read("send-capacity"),
            InitialReceiveLimit = Read("initial-receive-limit"),
            ReceiveCapacity = Read("receive-capacity"),
        };

        int Read(string key) => (int)buffers.Size(key, OptionRanges.Buffer);
    }

    private static TcpMemoryLimits ReadMemory(HoconSection memory)
    {
        var shares = TcpMemoryLimits.OfAvailable();
        var limits = new TcpMemoryLimits(Read("low", shares.Low), Read("pressure", shares.Pressure), Read("high", shares.High));
        limits = limits with { Fragments = Read("fragments", limits.Fragments) };
        if (limits.Low <= limits.Pressure && limits.Pressure <= limits.High && limits.Fragments <= limits.High) return limits;
        throw new StackStartException(
            $"{memory.Path} is {limits.Low}, {limits.Pressure}, {limits.High} bytes, {limits.Fragments} of them for fragments.",
            "Give low, pressure and high in ascending order, and no more for fragments than high, or 0.");

        long Read(string key, long share) => memory.Size(key, OptionRanges.Memory) is > 0 and var bytes ? bytes : share;
    }

    private static SocketOptions ReadOptions(HoconSection stack) => SocketOptionReader.Apply(
        SocketOptions.Default with { CongestionAlgorithm = stack.Congestion("congestion") },
        stack.Unchecked("socket-options"), $"{stack.Path}.socket-options");

    private static PortRange ReadPorts(HoconSection stack)
    {
        var text = stack.Text("ephemeral-ports");
        return text?.Split('-') is [var first, var last] && ushort.TryParse(first, out var low) && ushort.TryParse(last, out var high) && low > 0 && low <= high
            ? new PortRange(low, high)
            : throw new StackStartException($"{stack.Path}.ephemeral-ports is '{text}'.", "Write the first and the last, as in 32768-60999.");
    }

    private static TraceSettings? OpenTraces(HoconSection traces)
    {
        if (traces.Text("directory") is not { Length: > 0 } directory) return null;
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
            MaximumBytes = traces.Size("maximum-bytes", OptionRanges.Trace),
            Services = [.. traces.Texts("services")],
        };
    }

    /// <summary>Null: auto.</summary>
    private static int? ReadLoops(HoconSection stack)
    {
        const string Auto = "auto";
        var text = stack.Text(
            "loops", value => value == Auto || (int.TryParse(value, out var number) && OptionRanges.Loops.Contains(number)),
            $"Write {Auto}, or a number {OptionRanges.Loops}.");
        return text == Auto ? null : int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>A stack runs a loop for each queue of its link.</summary>
    private static ILink Verify(ILink link, int? loops, HoconSection stack)
    {
        var queues = link is IMultiQueueLink { Queues.Count: var count } ? count : 1;
        if (loops is null || loops == queues) return link;
        throw new StackStartException(
            $"{stack.Path}.loops is '{loops}', and the link {link.Name} has {(queues == 1 ? "one queue" : $"{queues} queues")}.",
            $"Write auto or {queues}, or give the stack a link with as many queues as loops.");
    }

    private TunLink OpenTun(HoconSection stack, IReadOnlyList<IpAddress> addresses, int? loops)
    {
        var link = TunLink.Open(new TunLinkSettings(stack.Text("tun", DeviceName.IsValid, DeviceName.WhatToDo), addresses)
        {
            Queues = loops ?? Math.Min(Environment.ProcessorCount, (int)OptionRanges.Loops.Most),
            Mtu = stack.Number("mtu", OptionRanges.Mtu(addresses.Any(address => address.IsIPv6))),
            HostChanged = _hostChanges.Note,
        });
        if (link.NotSteered is { } reason)
        {
            logger.LogInformation(
                "The device does not bring packets to the queues of their flows; loops hand some over to each other: {Reason}",
                reason);
        }

        return link;
    }

    /// <summary>The kernel sees nothing of a link in memory.</summary>
    private KernelEngine OpenKernel(ILink link, IReadOnlyList<IpAddress> addresses)
    {
        if (link is not TunLink) throw new LinuxException($"the kernel engine needs a TUN device, and the link is {link.Name}");
        var settings = new KernelEngineSettings(link.Name, addresses, link) { HostChanged = _hostChanges.Note };
        var room = DescriptorLimit.Value - FewestDescriptors;
        if (room < settings.Capacity)
        {
            logger.LogWarning(
                "The process may have {Limit} files open, so that the kernel engine holds about {Room} connections and not {Capacity}: {WhatToDo}",
                DescriptorLimit.Value, room, settings.Capacity, DescriptorLimit.WhatToDo);
        }

        return KernelEngine.Open(settings);
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
            TableSize = stack.Number("engines.toe-capacity", OptionRanges.ToeCapacity),

            // The last write before an application has to wait may go beyond the capacity.
            SendRingBytes = (int)Math.Min(2 * stack.Size("buffers.send-capacity", OptionRanges.Buffer), int.MaxValue / 2),
        };
        return EmulatedToe.Start(link, HyperionStateCodec.Instance, options, faults);
    }

    private void AddEngine(List<IOffloadEngine> engines, string name, HoconSection stack, Func<IOffloadEngine> open)
    {
        var mode = stack.Choice<EngineMode>($"engines.{name}");
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
