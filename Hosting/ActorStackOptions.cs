using ActorStack.Transport.Tcp;

namespace ActorStack.Hosting;

/// <summary>
/// What a service settles for its stack: from configuration section <c>ActorStack</c>, from code, or both. A member left null
/// keeps the value of <c>akka.hocon</c>, and without one there the default of the library.
/// </summary>
public sealed class ActorStackOptions
{
    public const string SectionName = "ActorStack";

    /// <summary>Name of the TUN device, 1 to 15 characters; created at start, gone at the end.</summary>
    public string? Tun { get; set; }

    /// <summary>The virtual addresses with prefix length, e.g. <c>10.9.0.1/32</c>, <c>fd00:9::1/128</c>.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>MTU of the device, bytes: 1280 to 65,535 (576 where no address is IPv6).</summary>
    public int? Mtu { get; set; }

    /// <summary>
    /// Event loops, each with a thread and a queue of the device: 1 to 16. Null: as <c>akka.hocon</c> says, and without that one
    /// for each processor.
    /// </summary>
    public int? Loops { get; set; }

    /// <summary>Directory of the journal; created where missing. Null: the journal is in memory and forgets at the end.</summary>
    public string? StateDirectory { get; set; }

    /// <summary>Whether connections may move into the kernel's TCP.</summary>
    public EngineMode? Kernel { get; set; }

    /// <summary>Whether connections may move into the emulated TOE.</summary>
    public EngineMode? Toe { get; set; }

    /// <summary>Connections the emulated TOE holds at once: 1 to 1,000,000.</summary>
    public int? ToeCapacity { get; set; }

    /// <summary>Bytes an application may write ahead of the peer's acknowledgments at first: 4 KiB to 1 GiB.</summary>
    public int? InitialSendLimit { get; set; }

    /// <summary>Up to which that grows, with the congestion window: 4 KiB to 1 GiB.</summary>
    public int? SendCapacity { get; set; }

    /// <summary>Bytes that may wait for an application at first, the first receive window: 4 KiB to 1 GiB.</summary>
    public int? InitialReceiveLimit { get; set; }

    /// <summary>Up to which that grows, with what the application reads in a round trip: 4 KiB to 1 GiB.</summary>
    public int? ReceiveCapacity { get; set; }

    /// <summary>Congestion control of all services that say nothing else: cubic, bbr or reno.</summary>
    public string? Congestion { get; set; }

    /// <summary>Paces Reno and CUBIC too; BBR always is.</summary>
    public bool? Pacing { get; set; }

    /// <summary>Explicit Congestion Notification: off, passive, where the peer asks for it, or active, asked for too.</summary>
    public EcnMode? Ecn { get; set; }

    /// <summary>Socket options of all services by their names in lower case, as in <c>akka.hocon</c>: <c>tcp-nodelay</c>, <c>so-linger</c>.</summary>
    public IDictionary<string, string> SocketOptions { get; } = new Dictionary<string, string>();

    /// <summary>What single services settle for themselves, by their names.</summary>
    public IDictionary<string, ServiceOptions> Services { get; } = new Dictionary<string, ServiceOptions>();

    /// <summary>Directory of event traces, made where missing; null: none can be had.</summary>
    public string? TraceDirectory { get; set; }

    /// <summary>Services whose connections are traced from the start, by name; others are traced on demand.</summary>
    public IList<string> TraceServices { get; } = [];

    /// <summary>Bytes of one trace: 4 KiB to 1 GiB.</summary>
    public int? TraceMaximumBytes { get; set; }

    /// <summary>Connections the stack holds at once, 1 at least.</summary>
    public int? MaximumConnections { get; set; }

    /// <summary>What peers can take of the stack at most, memory included.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>Ended connections that can still be asked about.</summary>
    public int? EndedKept { get; set; }

    /// <summary>Time one step of a migration may take before it is rolled back: 1 ms to 7 days.</summary>
    public TimeSpan? MigrationTimeout { get; set; }

    /// <summary>
    /// Time open connections have to end at a stop, up to 7 days; what is left then is reset. The host's shutdown timeout is raised to it.
    /// </summary>
    public TimeSpan? DrainLimit { get; set; }
}
