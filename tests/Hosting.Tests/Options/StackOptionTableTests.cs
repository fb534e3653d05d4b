using System.Reflection;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting.Tests.Options;

/// <summary>Every option stands in the table, and each that stands there is bound, written, validated and read.</summary>
public sealed class StackOptionTableTests
{
    private const string AnyText = "";

    /// <summary>
    /// Of each property a value as configuration writes it, the same as HOCON, and a value that is refused
    /// (<see cref="AnyText"/>: none is).
    /// </summary>
    private static readonly (string Property, string Value, string Hocon, string Refused)[] Samples =
    [
        ("Node", "web-1", "node = \"web-1\"", "Web"),
        ("Tun", "as1", "tun = \"as1\"", "a/b"),
        ("Mtu", "9000", "mtu = 9000", "575"),
        ("Loops", "2", "loops = 2", "17"),
        ("Addresses:0", "10.9.0.2/32", "addresses = [\"10.9.0.2/32\"]", "10.9.0.2/31"),
        ("StateDirectory", "/var/lib/as", "state-directory = \"/var/lib/as\"", AnyText),
        ("Journal:Provider", "PostgreSql", "journal.provider = postgresql", "7"),
        ("Journal:ConnectionString", "Host=db", "journal.connection-string = \"Host=db\"", AnyText),
        ("Kernel", "Required", "engines.kernel = required", "7"),
        ("Toe", "Auto", "engines.toe = auto", "7"),
        ("ToeCapacity", "5", "engines.toe-capacity = 5", "0"),
        ("InitialSendLimit", "8192", "buffers.initial-send-limit = 8KiB", "4095"),
        ("SendCapacity", "8193", "buffers.send-capacity = 8193", "4095"),
        ("InitialReceiveLimit", "16384", "buffers.initial-receive-limit = 16KiB", "4095"),
        ("ReceiveCapacity", "1048576", "buffers.receive-capacity = 1MiB", "1073741825"),
        ("Congestion", "bbr", "congestion = bbr", "vegas"),
        ("Pacing", "true", "pacing = on", AnyText),
        ("Ecn", "Active", "ecn = active", "7"),
        ("TraceDirectory", "/tmp/a \"b\"", "trace.directory = \"/tmp/a \\\"b\\\"\"", AnyText),
        ("TraceServices:0", "echo", "trace.services = [\"echo\"]", AnyText),
        ("TraceMaximumBytes", "4096", "trace.maximum-bytes = 4KiB", "1"),
        ("MaximumConnections", "7", "maximum-connections = 7", "0"),
        ("Limits:HalfOpen", "1", "limits.half-open = 1", "-1"),
        ("Limits:HalfOpenPerSource", "2", "limits.half-open-per-source = 2", "-1"),
        ("Limits:ConnectionsPerSource", "3", "limits.connections-per-source = 3", "-1"),
        ("Limits:TimeWaits", "4", "limits.time-waits = 4", "-1"),
        ("Limits:Orphans", "5", "limits.orphans = 5", "-1"),
        ("Limits:ChallengeAcksPerSecond", "6", "limits.challenge-acks-per-second = 6", "0"),
        ("Limits:Memory:Low", "1024", "limits.memory.low = 1KiB", "-1"),
        ("Limits:Memory:Pressure", "1025", "limits.memory.pressure = 1025", "-1"),
        ("Limits:Memory:High", "5368709120", "limits.memory.high = 5GiB", "-1"),
        ("Limits:Memory:Fragments", "2048", "limits.memory.fragments = 2KiB", "-1"),
        ("EphemeralPorts", "5000-6000", "ephemeral-ports = \"5000-6000\"", "6000-5000"),
        ("EndedKept", "8", "ended-kept = 8", "-1"),
        ("Cluster:Enabled", "true", "cluster.enabled = on", AnyText),
        ("Cluster:Host", "10.1.0.2", "cluster.host = \"10.1.0.2\"", "a b"),
        ("TakeOver:Enabled", "true", "take-over.enabled = on", AnyText),
        ("TakeOver:Socket", "/run/as/next", "take-over.socket = \"/run/as/next\"", AnyText),
        ("TakeOver:Linger", "00:00:10", "take-over.linger = 10s", "8.00:00:00"),
        ("TakeOver:Limit", "00:00:30", "take-over.limit = 30s", "00:00:00"),
        ("Cluster:Port", "5000", "cluster.port = 5000", "65536"),
        ("Cluster:ChannelPort", "5001", "cluster.channel-port = 5001", "65536"),
        ("Cluster:SeedNodes:0", "10.1.0.3:4053", "cluster.seed-nodes = [\"10.1.0.3:4053\"]", "10.1.0.3"),
        ("Cluster:Roles:0", "edge", "cluster.roles = [\"edge\"]", AnyText),
        ("Cluster:Steering", "10.1.0.2", "cluster.steering = \"10.1.0.2\"", "web-1"),
        ("Cluster:Lease", "00:00:01", "cluster.lease = 1s", "00:00:00"),
        ("Cluster:Heartbeat", "00:00:00.100", "cluster.heartbeat = 100ms", "00:00:00"),
        ("Cluster:AcceptablePause", "00:00:04", "cluster.acceptable-pause = 4s", "00:00:00"),
        ("Cluster:StableAfter", "00:00:05", "cluster.stable-after = 5s", "00:00:00"),
        ("Cluster:JoinLimit", "00:00:10", "cluster.join-limit = 10s", "00:00:00"),
        ("Cluster:Evacuate", "false", "cluster.evacuate = off", AnyText),
        ("Cluster:UnknownFlows:Flows", "20", "cluster.unknown-flows.flows = 20", "0"),
        ("Cluster:UnknownFlows:FramesPerFlow", "3", "cluster.unknown-flows.frames-per-flow = 3", "0"),
        ("Cluster:UnknownFlows:Bytes", "131072", "cluster.unknown-flows.bytes = 128KiB", "10"),
        ("Cluster:UnknownFlows:SteeredFlows", "40", "cluster.unknown-flows.steered-flows = 40", "0"),
        ("Cluster:Balance:Enabled", "true", "cluster.balance.enabled = on", AnyText),
        ("Cluster:Balance:By", "Processor", "cluster.balance.by = processor", "7"),
        ("Cluster:Balance:Interval", "00:00:20", "cluster.balance.interval = 20s", "00:00:00"),
        ("Cluster:Balance:Threshold", "50", "cluster.balance.threshold = 50", "0"),
        ("Cluster:Balance:Minimum", "5", "cluster.balance.minimum = 5", "0"),
        ("Cluster:SecretFile", "/etc/as/secret", "cluster.secret-file = \"/etc/as/secret\"", AnyText),
        ("Cluster:Tls:Certificate", "node.pem", "cluster.tls.certificate = \"node.pem\"", AnyText),
        ("Cluster:Tls:Key", "node.key", "cluster.tls.key = \"node.key\"", AnyText),
        ("Cluster:Tls:Password", "word", "cluster.tls.password = \"word\"", AnyText),
        ("Cluster:Tls:Authority", "ca.pem", "cluster.tls.authority = \"ca.pem\"", AnyText),
        ("MigrationTimeout", "00:00:01.500", "migration-timeout = 1500ms", "00:00:00"),
        ("DrainLimit", "00:02:00", "drain-limit = 2m", "8.00:00:00"),
        ("SocketOptions:tcp-nodelay", "off", "socket-options.\"tcp-nodelay\" = \"off\"", "perhaps"),
        ("Services:echo:Congestion", "reno", "services.\"echo\".congestion = reno", "vegas"),
        ("Services:echo:Backlog", "9", "services.\"echo\".backlog = 9", "-1"),
        ("Services:echo:Concurrency", "3", "services.\"echo\".concurrency = 3", "-1"),
        ("Services:echo:SocketOptions:ip-ttl", "9", "services.\"echo\".socket-options.\"ip-ttl\" = \"9\"", "0"),
    ];

    /// <summary>The types of properties that hold further options.</summary>
    private static readonly Type[] Groups =
    [
        typeof(LimitOptions), typeof(MemoryOptions), typeof(TakeOverOptions), typeof(ClusterOptions), typeof(ClusterTlsOptions),
        typeof(UnknownFlowOptions), typeof(BalanceOptions), typeof(JournalOptions),
    ];

    public static IEnumerable<object[]> Given => Samples.Select(one => new object[] { one.Property, one.Value, one.Hocon });

    public static IEnumerable<object[]> Refused =>
        Samples.Where(one => one.Refused != AnyText).Select(one => new object[] { one.Property, one.Refused });

    public static TheoryData<string> Keys =>
        [.. StackOptionTable.Table.Rows.OfType<OptionRow<ActorStackOptions>>().Select(row => row.Option.Key)];

    [Fact]
    public void Every_public_option_stands_in_a_table()
    {
        AssertAllOf(typeof(ActorStackOptions), StackOptionTable.Table.Rows.Select(row => row.Property));
        AssertAllOf(typeof(ServiceOptions), ServiceOptionTable.Table.Rows.Select(row => row.Property));
        AssertAllOf(typeof(SocketOptions), SocketOptionTable.Rows.Select(row => row.Property));
    }

    [Fact]
    public void Every_option_has_a_sample() => Assert.All(
        StackOptionTable.Table.Rows,
        row => Assert.Contains(
            Samples, sample => $"{sample.Property}:".StartsWith($"{row.Property}:", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Given))]
    public void An_option_is_bound_from_configuration_and_written_as_HOCON(string property, string value, string hocon)
    {
        var (key, written) = Assert.Single(StackOptionTable.Table.Settings(Bind(property, value)));
        Assert.Equal(hocon, $"{key} = {written}");
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_is_not_allowed_is_refused_with_its_property_and_what_to_give(string property, string refused)
    {
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => Bind(property, refused)).Failures);
        Assert.StartsWith(property.Split(':')[0], failure, StringComparison.Ordinal);
        Assert.Matches(@"'\. (Give|Write|Address) ", failure);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void An_option_is_read_from_HOCON(string key)
    {
        var refused = Assert.Throws<StackStartException>(() => Compose(key));
        Assert.StartsWith($"actorstack.{key} is ", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertAllOf(Type options, IEnumerable<string> table) =>
        Assert.Equal(Properties(options, "").Order(), table.Order());

    private static IEnumerable<string> Properties(Type options, string path) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property => Groups.Contains(property.PropertyType)
            ? Properties(property.PropertyType, $"{path}{property.Name}:")
            : [path + property.Name]);

    private static ActorStackOptions Bind(string property, string value)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{ActorStackOptions.SectionName}:{property}", value)]).Build());
        services.AddActorStack();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ActorStackOptions>>().Value;
    }

    /// <summary>Composes a stack whose option <paramref name="key"/> is a section, which no option is.</summary>
    private static void Compose(string key)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions(), TimeProvider.System);
        using var journal = new StackJournal([]);
        using var traces = new TemporaryRoot("");
        var hocon = ConfigurationFactory.ParseString($"actorstack.{key} {{ unexpected = 1 }}")
            .WithFallback(ConfigurationFactory.ParseString(
                $$"""
                actorstack {
                  addresses = ["10.9.0.1/32"]
                  engines { kernel = off, toe = auto }
                  trace { directory = "{{traces.Path}}" }
                }
                """))
            .WithFallback(HostingReference.Defaults);

        // A link that is given takes the place of the device.
        ILink[] links = key is "tun" or "mtu" ? [] : [wire.Left];
        journal.Open(hocon);
        new StackComposer(links, journal, new ToeFaults(), NullLogger<StackComposer>.Instance).Compose(hocon);
    }
}
