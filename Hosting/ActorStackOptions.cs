using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>
/// The options of a stack, from configuration section <c>ActorStack</c>, from code, or from both. Where a member is null, the
/// value in <c>akka.hocon</c> applies, or else the default. <c>Hosting/README.md</c> lists the ranges and the defaults.
/// </summary>
public sealed class ActorStackOptions
{
    /// <summary>The configuration section that options are bound from.</summary>
    public const string SectionName = "ActorStack";

    /// <summary>Name of this node, which stands in the names of its connections. Empty: the machine's name.</summary>
    public string? Node { get; set; }

    /// <summary>Name of the TUN device. It is made at the start and removed at the end.</summary>
    public string? Tun { get; set; }

    /// <summary>
    /// The virtual addresses with their prefix lengths, for example <c>10.9.0.1/32</c> and <c>fd00:9::1/128</c>.
    /// </summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>Largest IP packet on the device, in bytes.</summary>
    public int? Mtu { get; set; }

    /// <summary>
    /// The number of event loops, each with a thread and a queue of the device. Null: the value in <c>akka.hocon</c>.
    /// </summary>
    public int? Loops { get; set; }

    /// <summary>
    /// Directory of the journal, which is made where it is missing. Empty: the journal is in memory and is lost at the end.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>The journal that nodes share.</summary>
    public JournalOptions Journal { get; } = new();

    /// <summary>Whether connections may move into the kernel's TCP.</summary>
    public EngineMode? Kernel { get; set; }

    /// <summary>
    /// Whether connections may move into the emulated TOE, a model for tests and teaching. It is off by default.
    /// </summary>
    public EngineMode? Toe { get; set; }

    /// <summary>The most connections that the emulated TOE holds at once.</summary>
    public int? ToeCapacity { get; set; }

    /// <summary>Bytes that an application may write ahead of the peer's acknowledgments at first.</summary>
    public int? InitialSendLimit { get; set; }

    /// <summary>Most bytes that an application may write ahead, which the limit grows to with the congestion window.</summary>
    public int? SendCapacity { get; set; }

    /// <summary>Bytes that may wait for an application at first. It is the first receive window.</summary>
    public int? InitialReceiveLimit { get; set; }

    /// <summary>
    /// Most bytes that may wait for an application, which the limit grows to with the bytes that it reads in a round trip.
    /// </summary>
    public int? ReceiveCapacity { get; set; }

    /// <summary>Congestion control of connections whose service names none: cubic, bbr or reno.</summary>
    public string? Congestion { get; set; }

    /// <summary>Paces Reno and CUBIC too; BBR is always paced.</summary>
    public bool? Pacing { get; set; }

    /// <summary>Explicit Congestion Notification (RFC 3168).</summary>
    public EcnMode? Ecn { get; set; }

    /// <summary>
    /// Socket options of all services by their names in lower case, as in <c>akka.hocon</c>: <c>tcp-nodelay</c>,
    /// <c>so-linger</c>.
    /// </summary>
    public IDictionary<string, string> SocketOptions { get; } = new Dictionary<string, string>();

    /// <summary>Options of single services by the services' names. They override the options of all services.</summary>
    public IDictionary<string, ServiceOptions> Services { get; } = new Dictionary<string, ServiceOptions>();

    /// <summary>Directory of event traces, which is made where it is missing. Empty: no connection can be traced.</summary>
    public string? TraceDirectory { get; set; }

    /// <summary>
    /// Names of services whose connections are traced from their start. Other connections are traced on demand.
    /// </summary>
    public IList<string> TraceServices { get; } = [];

    /// <summary>The size of the largest event trace, in bytes.</summary>
    public int? TraceMaximumBytes { get; set; }

    /// <summary>Connections that the stack holds at once. A SYN beyond them is dropped and counted.</summary>
    public int? MaximumConnections { get; set; }

    /// <summary>Limits on the resources that peers can use, memory included.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>
    /// The local ports of connections that the service opens itself, as the first and the last: <c>32768-60999</c>.
    /// </summary>
    public string? EphemeralPorts { get; set; }

    /// <summary>The number of ended connections that can still be queried.</summary>
    public int? EndedKept { get; set; }

    /// <summary>How a new process takes over the connections of a running one on the same machine.</summary>
    public TakeOverOptions TakeOver { get; } = new();

    /// <summary>How the stack is a node of a cluster; by default it is none.</summary>
    public ClusterOptions Cluster { get; } = new();

    /// <summary>Time that one step of a migration may take before the migration is rolled back.</summary>
    public TimeSpan? MigrationTimeout { get; set; }

    /// <summary>
    /// The time that open connections have to end at a stop; the remaining ones are then reset. The host's shutdown timeout is
    /// raised where it is shorter.
    /// </summary>
    public TimeSpan? DrainLimit { get; set; }
}
