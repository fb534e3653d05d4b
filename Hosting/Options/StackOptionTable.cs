using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Cluster.Flows;
using ActorStack.Hosting.Cluster;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Options;

/// <summary>
/// All options of a stack. Their keys stand below <c>actorstack</c>. Reading from HOCON, validation, <c>reference.conf</c>,
/// <c>akka.hocon</c> and the documentation come from this table: a new option is an entry here, a property of
/// <see cref="ActorStackOptions"/> and its use in <see cref="StackComposer"/>.
/// </summary>
internal static class StackOptionTable
{
    private const int LeastMtu = 576; // RFC 791 section 3.2
    private const int LeastMtuOfIPv6 = 1280; // RFC 8200 section 5

    private static readonly SizeType<int> Buffer = new(4 << 10, 1 << 30);
    private static readonly SizeType<long> Memory = new(0, long.MaxValue);
    private static readonly NumberType<int> Limit = new(0, int.MaxValue);
    private static readonly UnknownFlowLimits UnknownFlowDefaults = new();
    private static readonly BalanceSettings BalanceDefaults = new();
    private static readonly NumberType<int> Positive = new(1, int.MaxValue);
    private static readonly TextType Directory = new("directory", "Give the name of a directory.", static _ => true);

    private static readonly TextType File = new("file", "Give the name of a file.", static _ => true);

    public static OptionTable<ActorStackOptions> Table { get; } = new();

    public static readonly StackOption<string> Node = Table.Add(
        "node", new TextType("name of a node", NodeName.WhatToDo, static name => name.Length == 0 || NodeName.IsValid(name)), "",
        "Name of this node, which stands in the names of its connections. Empty: the machine's name.",
        options => options.Node);

    public static readonly StackOption<string> Tun = Table.Add(
        "tun", new TextType("name of a device", DeviceName.WhatToDo, DeviceName.IsValid), "as0",
        "Name of the TUN device. It is made at the start and removed at the end.",
        options => options.Tun);

    public static readonly StackOption<int> Mtu = Table.Add(
        "mtu", new NumberType<int>(LeastMtu, ushort.MaxValue), 1500,
        "Largest IP packet on the device, in bytes. With an IPv6 address it is 1280 at least.",
        options => options.Mtu);

    public static readonly StackOption<int?> Loops = Table.Add(
        "loops", new AlternativeType<int>("auto", new NumberType<int>(1, FlowSpread.MaximumCount)), null,
        "Event loops, each with a thread and a queue of the device. auto: one for each processor, 16 at most.",
        options => options.Loops);

    public static readonly StackOption<IReadOnlyList<string>> Addresses = Table.Add(
        "addresses", new ListType("list of addresses", text => AddressRefusal.Of(text)?.Line), [],
        "Virtual addresses with prefix length that the peers route to this host, for example "
        + "[\"10.9.0.1/32\", \"fd00:9::1/128\"].",
        options => options.Addresses);

    public static readonly StackOption<string> StateDirectory = Table.Add(
        "state-directory", Directory, "",
        "Directory of the journal. It is made where it is missing. Empty: the journal is in memory and is lost at the end.",
        options => options.StateDirectory);

    public static readonly StackOption<JournalProvider> JournalProvider = Table.Add(
        "journal.provider", new ChoiceType<JournalProvider>(), Hosting.JournalProvider.Directory,
        "Where the journal is. directory: in state-directory, or in memory. sqlite: in a file that the nodes of one machine "
        + "share. postgresql: in a database that the nodes share.",
        options => options.Journal.Provider);

    public static readonly StackOption<string> JournalConnectionString = Table.Add(
        "journal.connection-string", new TextType("connection string", "Give the connection string.", static _ => true), "",
        "Database of a journal that nodes share, such as \"Data Source=/var/lib/actorstack.db\" for sqlite and "
        + "\"Host=db;Database=actorstack;Username=actorstack\" for postgresql. It may have a password and is never logged.",
        options => options.Journal.ConnectionString);

    public static readonly StackOption<EngineMode> Kernel = Table.Add(
        "engines.kernel", new ChoiceType<EngineMode>(), EngineMode.Auto,
        "Whether connections may move into the kernel's TCP. auto: where the system permits it. required: the service does not "
        + "start without it. off: never.",
        options => options.Kernel);

    public static readonly StackOption<EngineMode> Toe = Table.Add(
        "engines.toe", new ChoiceType<EngineMode>(), EngineMode.Off,
        "Whether connections may move into the emulated TOE, a model of a TCP offload engine for tests and teaching.",
        options => options.Toe);

    public static readonly StackOption<int> ToeCapacity = Table.Add(
        "engines.toe-capacity", new NumberType<int>(1, 1_000_000), 4096,
        "Connections that the emulated TOE holds at once.",
        options => options.ToeCapacity);

    public static readonly StackOption<int> InitialSendLimit = Table.Add(
        "buffers.initial-send-limit", Buffer, 128 << 10,
        "Bytes that an application may write ahead of the peer's acknowledgments at first.",
        options => options.InitialSendLimit);

    public static readonly StackOption<int> SendCapacity = Table.Add(
        "buffers.send-capacity", Buffer, 16 << 20,
        "Most bytes that an application may write ahead, which the limit grows to with the congestion window. A path of 1 Gbit/s "
        + "and 100 ms holds 12.5 MB.",
        options => options.SendCapacity);

    public static readonly StackOption<int> InitialReceiveLimit = Table.Add(
        "buffers.initial-receive-limit", Buffer, 128 << 10,
        "Bytes that may wait for an application at first. It is the first receive window.",
        options => options.InitialReceiveLimit);

    public static readonly StackOption<int> ReceiveCapacity = Table.Add(
        "buffers.receive-capacity", Buffer, 16 << 20,
        "Most bytes that may wait for an application, which the limit grows to with the bytes that it reads in a round trip.",
        options => options.ReceiveCapacity);

    public static readonly StackOption<string> Congestion = Table.Add(
        "congestion", new NameType(CongestionControls.Names), CongestionControls.Default,
        "Congestion control of connections whose service names none.",
        options => options.Congestion);

    public static readonly StackOption<bool> Pacing = Table.Add(
        "pacing", new SwitchType(), false, "Whether reno and cubic are paced. bbr always is.",
        options => options.Pacing);

    public static readonly StackOption<EcnMode> Ecn = Table.Add(
        "ecn", new ChoiceType<EcnMode>(), EcnMode.Passive,
        "Explicit Congestion Notification (RFC 3168). off: never. passive: where the peer asks for it. active: it is asked for "
        + "too.",
        options => options.Ecn);

    public static readonly StackOption<string> TraceDirectory = Table.Add(
        "trace.directory", Directory, "",
        "Directory of event traces. It is made where it is missing. Empty: no connection can be traced.",
        options => options.TraceDirectory);

    public static readonly StackOption<IReadOnlyList<string>> TraceServices = Table.Add(
        "trace.services", new ListType("list of services", static _ => null), [],
        "Services whose connections are traced from their start. Other connections are traced on demand.",
        options => options.TraceServices);

    public static readonly StackOption<int> TraceMaximumBytes = Table.Add(
        "trace.maximum-bytes", new SizeType<int>(4 << 10, 1 << 30), 64 << 20, "Largest event trace.",
        options => options.TraceMaximumBytes);

    public static readonly StackOption<int> MaximumConnections = Table.Add(
        "maximum-connections", Positive, 100_000, "Connections that are held at once. A SYN beyond them is dropped and counted.",
        options => options.MaximumConnections);

    public static readonly StackOption<int> HalfOpen = Table.Add(
        "limits.half-open", Limit, 4096, "Connections in the handshake. SYNs beyond them are answered with cookies.",
        options => options.Limits.HalfOpen);

    public static readonly StackOption<int> HalfOpenPerSource = Table.Add(
        "limits.half-open-per-source", Limit, 256,
        "Connections of one source in the handshake. SYNs beyond them are answered with cookies.",
        options => options.Limits.HalfOpenPerSource);

    public static readonly StackOption<int> ConnectionsPerSource = Table.Add(
        "limits.connections-per-source", Limit, int.MaxValue,
        "Connections of one source. SYNs beyond them are dropped and counted.",
        options => options.Limits.ConnectionsPerSource);

    public static readonly StackOption<int> TimeWaits = Table.Add(
        "limits.time-waits", Limit, 262_144,
        "Connections in TIME-WAIT, each of which takes less than 100 bytes. Beyond them the oldest is forgotten.",
        options => options.Limits.TimeWaits);

    public static readonly StackOption<int> Orphans = Table.Add(
        "limits.orphans", Limit, 65_536,
        "Connections that their handlers have left while data is still unacknowledged. One more is reset.",
        options => options.Limits.Orphans);

    public static readonly StackOption<int> ChallengeAcksPerSecond = Table.Add(
        "limits.challenge-acks-per-second", Positive, 1000, "Challenge ACKs of all connections in a second (RFC 5961 section 7).",
        options => options.Limits.ChallengeAcksPerSecond);

    public static readonly StackOption<long> MemoryLow = Table.Add(
        "limits.memory.low", Memory, 0, "Memory pressure ends below this. 0: three 32nds.",
        options => options.Limits.Memory.Low);

    public static readonly StackOption<long> MemoryPressure = Table.Add(
        "limits.memory.pressure", Memory, 0,
        "Memory pressure begins here: windows do not grow, and they are opened by little only. 0: an eighth.",
        options => options.Limits.Memory.Pressure);

    public static readonly StackOption<long> MemoryHigh = Table.Add(
        "limits.memory.high", Memory, 0,
        "From here on nothing beyond a gap is kept, nothing is taken in for an application that does not read, and SYNs are "
        + "dropped. 0: three 16ths.",
        options => options.Limits.Memory.High);

    public static readonly StackOption<long> MemoryFragments = Table.Add(
        "limits.memory.fragments", Memory, 0,
        "Of these bytes, those that IP fragments may hold while their packets are not whole. One source may hold an eighth of "
        + "them. There is room for two packets at least. 0: a 64th of high.",
        options => options.Limits.Memory.Fragments);

    public static readonly StackOption<string> EphemeralPorts = Table.Add(
        "ephemeral-ports", new TextType("range of ports", EphemeralPortRange.WhatToDo, EphemeralPortRange.IsValid), "32768-60999",
        "Local ports of connections that the service opens itself.",
        options => options.EphemeralPorts);

    public static readonly StackOption<int> EndedKept = Table.Add(
        "ended-kept", new NumberType<int>(0, int.MaxValue), 1000, "Ended connections that can still be asked about.",
        options => options.EndedKept);

    public static readonly StackOption<TimeSpan> MigrationTimeout = Table.Add(
        "migration-timeout", new TimeType(TimeSpan.FromMilliseconds(1)), TimeSpan.FromSeconds(2),
        "Time that one step of a migration may take before the migration is rolled back.",
        options => options.MigrationTimeout);

    public static readonly StackOption<TimeSpan> DrainLimit = Table.Add(
        "drain-limit", new TimeType(TimeSpan.Zero), TimeSpan.FromSeconds(10),
        "Time that open connections have to end at a stop. Those that are left then are reset.",
        options => options.DrainLimit);

    public static readonly StackOption<bool> TakeOverEnabled = Table.Add(
        "take-over.enabled", new SwitchType(), false,
        "Whether this process takes over the connections of the one that runs. Where none runs, it starts as without this "
        + "option.",
        options => options.TakeOver.Enabled);

    public static readonly StackOption<string> TakeOverSocket = Table.Add(
        "take-over.socket", File, "",
        "Unix socket on which the running process waits for the new one. Empty: the connections of this process cannot be "
        + "taken over.",
        options => options.TakeOver.Socket);

    public static readonly StackOption<TimeSpan> TakeOverLinger = Table.Add(
        "take-over.linger", new TimeType(TimeSpan.Zero), TimeSpan.FromMinutes(1),
        "Time for which the running process goes on serving the connections that cannot move. Then it stops as at any other "
        + "stop.",
        options => options.TakeOver.Linger);

    public static readonly StackOption<TimeSpan> TakeOverLimit = Table.Add(
        "take-over.limit", new TimeType(TimeSpan.FromSeconds(1)), TimeSpan.FromMinutes(1),
        "Time for which the start of the new process waits for the connections to move. They go on moving after it.",
        options => options.TakeOver.Limit);

    public static readonly StackOption<bool> ClusterEnabled = Table.Add(
        "cluster.enabled", new SwitchType(), false, "Whether the service is a node of a cluster.",
        options => options.Cluster.Enabled);

    public static readonly StackOption<string> ClusterHost = Table.Add(
        "cluster.host",
        new TextType(
            "name or address", "Give the name or the address of this machine.",
            static host => host.Length == 0 || NodeAddress.IsHost(host)),
        "", "Name or address by which the other nodes reach this one.",
        options => options.Cluster.Host);

    public static readonly StackOption<int> ClusterPort = Table.Add(
        "cluster.port", new NumberType<int>(0, ushort.MaxValue), 4053,
        "TCP port on which this node hears the others. 0: any free port.",
        options => options.Cluster.Port);

    public static readonly StackOption<int> ClusterChannelPort = Table.Add(
        "cluster.channel-port", new NumberType<int>(0, ushort.MaxValue), 0,
        "TCP port of the channels, which carry the messages of handoffs past Akka.Remote where the nodes talk without TLS. "
        + "0: any free port. Where a firewall closes it, handoffs take longer.",
        options => options.Cluster.ChannelPort);

    public static readonly StackOption<IReadOnlyList<string>> ClusterSeedNodes = Table.Add(
        "cluster.seed-nodes",
        new ListType("list of nodes", static text => NodeAddress.TryParse(text, out _) ? null : NodeAddress.WhatToDo), [],
        "Nodes by which this one finds the cluster, as HOST:PORT. The first of them may begin a new cluster. Empty: this node "
        + "begins a cluster of its own.",
        options => options.Cluster.SeedNodes);

    public static readonly StackOption<IReadOnlyList<string>> ClusterRoles = Table.Add(
        "cluster.roles", new ListType("list of roles", static _ => null), [], "Roles of this node in Akka.Cluster.",
        options => options.Cluster.Roles);

    public static readonly StackOption<string> ClusterSteering = Table.Add(
        "cluster.steering",
        new TextType(
            "address", SteeringAddress.WhatToDo, static text => text.Length == 0 || SteeringAddress.TryParse(text, out _)), "",
        "Address to which other nodes forward segments for this node: ADDRESS, or one of each IP version as ADDRESS,ADDRESS, "
        + "on the same segment; vxlan:ADDRESS behind routers. Empty: the node takes no connections of others.",
        options => options.Cluster.Steering);

    public static readonly StackOption<TimeSpan> ClusterLease = Table.Add(
        "cluster.lease", new TimeType(TimeSpan.FromMilliseconds(100)), TimeSpan.FromSeconds(2),
        "Time for which this node may emit segments after the majority of the cluster has heard it. It is half of "
        + "acceptable-pause and stable-after together at most.",
        options => options.Cluster.Lease);

    public static readonly StackOption<TimeSpan> ClusterHeartbeat = Table.Add(
        "cluster.heartbeat", new TimeType(TimeSpan.FromMilliseconds(10)), TimeSpan.FromMilliseconds(250),
        "Time between two heartbeats that renew the lease, a quarter of the lease at most.",
        options => options.Cluster.Heartbeat);

    public static readonly StackOption<TimeSpan> ClusterAcceptablePause = Table.Add(
        "cluster.acceptable-pause", new TimeType(TimeSpan.FromMilliseconds(100)), TimeSpan.FromSeconds(3),
        "Time without an answer after which a node counts as unreachable.",
        options => options.Cluster.AcceptablePause);

    public static readonly StackOption<TimeSpan> ClusterStableAfter = Table.Add(
        "cluster.stable-after", new TimeType(TimeSpan.FromMilliseconds(100)), TimeSpan.FromSeconds(3),
        "Time without a change after which the majority of the cluster removes the nodes that are unreachable.",
        options => options.Cluster.StableAfter);

    public static readonly StackOption<TimeSpan> ClusterJoinLimit = Table.Add(
        "cluster.join-limit", new TimeType(TimeSpan.FromSeconds(1)), TimeSpan.FromMinutes(1),
        "Time that this node may take to join. After it the start fails.",
        options => options.Cluster.JoinLimit);

    public static readonly StackOption<bool> ClusterEvacuate = Table.Add(
        "cluster.evacuate", new SwitchType(), true,
        "Whether a stop gives the connections that can move to the other nodes first, within half of drain-limit.",
        options => options.Cluster.Evacuate);

    public static readonly StackOption<int> ClusterUnknownFlows = Table.Add(
        "cluster.unknown-flows.flows", Positive, UnknownFlowDefaults.Flows,
        "Flows of which segments came to this node that may be another node's, and that are asked about at a time. Segments of "
        + "further ones are dropped.",
        options => options.Cluster.UnknownFlows.Flows);

    public static readonly StackOption<int> ClusterUnknownFrames = Table.Add(
        "cluster.unknown-flows.frames-per-flow", Positive, UnknownFlowDefaults.FramesPerFlow,
        "Segments of one such flow that are held until the answer comes.",
        options => options.Cluster.UnknownFlows.FramesPerFlow);

    public static readonly StackOption<long> ClusterUnknownBytes = Table.Add(
        "cluster.unknown-flows.bytes", new SizeType<long>(64 << 10, 1L << 40), UnknownFlowDefaults.Bytes,
        "Bytes of the held segments of all such flows.",
        options => options.Cluster.UnknownFlows.Bytes);

    public static readonly StackOption<int> ClusterSteeredFlows = Table.Add(
        "cluster.unknown-flows.steered-flows", Positive, UnknownFlowDefaults.SteeredFlows,
        "Flows that are steered to the nodes that have them, because segments of them came here.",
        options => options.Cluster.UnknownFlows.SteeredFlows);

    public static readonly StackOption<bool> ClusterBalanceEnabled = Table.Add(
        "cluster.balance.enabled", new SwitchType(), false,
        "Whether this node gives connections to the others by itself where it has more than its share.",
        options => options.Cluster.Balance.Enabled);

    public static readonly StackOption<BalanceMeasure> ClusterBalanceBy = Table.Add(
        "cluster.balance.by", new ChoiceType<BalanceMeasure>(), BalanceDefaults.By,
        "The load that counts. connections: their number. bytes: payload bytes a second, both ways. processor: processor time of "
        + "the process.",
        options => options.Cluster.Balance.By);

    public static readonly StackOption<TimeSpan> ClusterBalanceInterval = Table.Add(
        "cluster.balance.interval", new TimeType(TimeSpan.FromSeconds(1)), BalanceDefaults.Interval,
        "Time between two looks at the load of all nodes. Three looks in a row must see this node above the threshold.",
        options => options.Cluster.Balance.Interval);

    public static readonly StackOption<int> ClusterBalanceThreshold = Table.Add(
        "cluster.balance.threshold", new NumberType<int>(1, 10_000), BalanceDefaults.Threshold,
        "Percent by which this node must have more load than the mean of all nodes.",
        options => options.Cluster.Balance.Threshold);

    public static readonly StackOption<int> ClusterBalanceMinimum = Table.Add(
        "cluster.balance.minimum", Positive, BalanceDefaults.Minimum,
        "Connections that this node must have above the mean, where connections count. Fewer are not worth a handoff.",
        options => options.Cluster.Balance.Minimum);

    public static readonly StackOption<string> ClusterSecretFile = Table.Add(
        "cluster.secret-file", File, "",
        "File with the secret of the cluster, 16 bytes or more, the same on all nodes: initial sequence numbers and cookies come "
        + "from it. Empty: the members agree on one.",
        options => options.Cluster.SecretFile);

    public static readonly StackOption<string> ClusterCertificate = Table.Add(
        "cluster.tls.certificate", File, "", "File of this node's certificate, PFX or PEM. Empty: the nodes talk without TLS.",
        options => options.Cluster.Tls.Certificate);

    public static readonly StackOption<string> ClusterKey = Table.Add(
        "cluster.tls.key", File, "", "PEM file of the certificate's key. Empty: the key is in the file of the certificate.",
        options => options.Cluster.Tls.Key);

    public static readonly StackOption<string> ClusterPassword = Table.Add(
        "cluster.tls.password", new TextType("password", "Give a password.", static _ => true), "",
        "Password of the file that has the key. Empty: there is none.",
        options => options.Cluster.Tls.Password);

    public static readonly StackOption<string> ClusterAuthority = Table.Add(
        "cluster.tls.authority", File, "",
        "PEM file of the authorities whose certificates the other nodes may have. Empty: they must have the very certificate of "
        + "this node.",
        options => options.Cluster.Tls.Authority);

    static StackOptionTable()
    {
        Table.Add(new SocketOptionsRow<ActorStackOptions>(
            nameof(ActorStackOptions.SocketOptions), options => options.SocketOptions));
        Table.Add(new ServicesRow(nameof(ActorStackOptions.Services), options => options.Services));
        Table.Describe("limits", "Limits of what peers can take of the stack. A source is a /24 (IPv4) or a /64 (IPv6).");
        Table.Describe(
            "limits.memory",
            "Bytes that the buffers of all connections together may hold, in ascending order, as Linux's tcp_mem. "
            + "0: a share of the memory that the process may use.");
        Table.Describe("take-over", "A new process takes over the connections of a running one on the same machine.");
        Table.Describe(
            "journal", "The journal of connections. One that the nodes share makes their claims of connections durable.");
        Table.Describe("cluster", "The node in a cluster whose nodes hand connections over to each other (Akka.Cluster).");
        Table.Describe("cluster.unknown-flows", "Segments that come to this node and may belong to a connection of another one.");
        Table.Describe(
            "cluster.balance", "Connections that a node gives to others with less load, for example to one that has joined.");
        Table.Describe("cluster.tls", "TLS between the nodes. Both ends of a connection show a certificate.");
        Table.Describe(
            "socket-options",
            "Socket options of all services, by the names of socket(7), ip(7) and tcp(7). A connection may change its own.");
        Table.Describe(
            "services",
            "Options of single services by their names, for example services.echo.backlog = 16. They go before those of all.");
    }

    /// <summary>The MTU, which has a greater minimum where an address is IPv6.</summary>
    public static StackOption<int> MtuOf(bool hasIPv6) =>
        hasIPv6 ? Mtu.Narrow(new NumberType<int>(LeastMtuOfIPv6, ushort.MaxValue)) : Mtu;
}
