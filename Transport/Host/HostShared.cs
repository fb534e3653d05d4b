using System.Collections.Frozen;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// The state that the hosts of one stack share, where each loop has a host: the secrets, the limits, and the knowledge of
/// destinations. Safe for any thread.
/// </summary>
/// <remarks>
/// TIME-WAIT is not shared: flows are spread evenly, so each host has its part of the limit. Counters are not shared either; they
/// are added up when somebody asks.
/// </remarks>
public sealed class HostShared
{
    /// <summary>
    /// The host that reassembles. Only the first fragment of a packet has the ports that name its flow, so that all fragments go
    /// to one host, and the whole packet to the host of its flow.
    /// </summary>
    internal const int Reassembler = 0;

    private readonly HashSet<IpAddress> _addresses;
    private int _connections;
    private volatile bool _isListening = true;
    private volatile FrozenSet<FlowKey> _elsewhere = FrozenSet<FlowKey>.Empty;

    /// <param name="settings">The addresses and limits of the stack.</param>
    /// <param name="spread">Says which host has a flow.</param>
    public HostShared(HostSettings settings, FlowSpread spread)
    {
        (Settings, Spread) = (settings, spread);
        _addresses = [.. settings.Addresses];
        Sequences = settings.Shared is { } shared ? new InitialSequence(shared) : new InitialSequence(settings.Seed);
        Orphans = new OrphanLimit(settings.MaximumOrphans);
        var draws = settings.Seed is { } seed ? new Random(seed) : new Random();
        Challenges = new ChallengeBudget(settings.ChallengesPerSecond, draws);
        Cookies = new SynCookies(Sequences);
        FastOpenCookies = new FastOpenCookies(Sequences);
        Resets = new TokenBucket(settings.AnswersPerSecond);
        Echoes = new TokenBucket(settings.AnswersPerSecond);
        Icmps = new TokenBucket(settings.AnswersPerSecond);
    }

    /// <summary>The addresses and limits of the stack.</summary>
    public HostSettings Settings { get; }

    /// <summary>Decides which host has a flow.</summary>
    public FlowSpread Spread { get; }

    /// <summary>Initial sequence numbers, timestamp offsets, and the secret that cookies are made of.</summary>
    public InitialSequence Sequences { get; }

    /// <summary>Counts connections by the network they come from.</summary>
    public SourceCounts Sources { get; } = new();

    /// <summary>Path MTUs and round trips by destination.</summary>
    public PathCache Paths { get; } = new();

    /// <summary>The Fast Open cookies that destinations granted to connections opened from here (RFC 7413).</summary>
    public FastOpenCache FastOpens { get; } = new();

    /// <summary>Connections that their applications have left.</summary>
    public OrphanLimit Orphans { get; }

    /// <summary>Flows in the tables of all hosts.</summary>
    public int Connections => Volatile.Read(ref _connections);

    internal ChallengeBudget Challenges { get; }

    internal SynCookies Cookies { get; }

    internal FastOpenCookies FastOpenCookies { get; }

    internal TokenBucket Resets { get; }

    internal TokenBucket Echoes { get; }

    internal TokenBucket Icmps { get; }

    internal bool IsListening => _isListening;

    internal bool IsElsewhere(in FlowKey flow) => _elsewhere.Count > 0 && _elsewhere.Contains(flow);

    /// <summary>
    /// Held while a flow begins, leaves the handshake or ends, so that two hosts together admit no more than one alone would.
    /// </summary>
    internal Lock Admission { get; } = new();

    /// <summary>Query: SYN cookies were made that may still be acknowledged.</summary>
    public bool HasCookies(TimeSpan now) => Cookies.WereMade(now);

    /// <summary>
    /// Another host with the same secret, whose place this one takes, has made such cookies. Any thread may call it.
    /// </summary>
    public void ExpectCookies(TimeSpan now) => Cookies.Expect(now);

    /// <summary>
    /// Another process has these flows, and may hand them over: no connection that is opened here takes one of them. Any thread
    /// may call it, one at a time.
    /// </summary>
    public void ReserveFlows(IEnumerable<FlowKey> flows) => _elsewhere = _elsewhere.Union(flows).ToFrozenSet();

    /// <summary>The other process has handed its flows over, or is gone.</summary>
    public void ReleaseFlows() => _elsewhere = FrozenSet<FlowKey>.Empty;

    /// <summary>Every host answers SYNs with a RST from now on; flows go on.</summary>
    public void StopListening() => _isListening = false;

    /// <summary>
    /// The address from which a connection is opened: the one that is wanted, where the stack has it, or its first of the peer's
    /// version.
    /// </summary>
    public IpAddress? FindLocalAddress(in TcpEndpoint remote, IpAddress? wanted)
    {
        foreach (var address in Settings.Addresses)
        {
            if (address.IsIPv6 == remote.Address.IsIPv6 && (wanted is not { } one || one == address)) return address;
        }

        return null;
    }

    /// <summary>Query: the address is the stack's.</summary>
    public bool IsLocal(in IpAddress address) => _addresses.Contains(address);

    /// <summary>The part of a limit that one host has.</summary>
    internal int PartOf(int limit, int index) => limit / Spread.Count + (index < limit % Spread.Count ? 1 : 0);

    /// <summary>A flow begins. Under <see cref="Admission"/>.</summary>
    internal void Enter() => Volatile.Write(ref _connections, _connections + 1);

    /// <summary>A flow is over. Under <see cref="Admission"/>.</summary>
    internal void Leave() => Volatile.Write(ref _connections, _connections - 1);
}
