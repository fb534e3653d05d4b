using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// A TCP host besides its connections: it finds the owner of each packet, admits new flows, and answers what belongs to nobody as
/// the RFCs say. Sans-IO: it starts no thread, reads no clock, and knows no socket and no actor. One per loop; belongs to one
/// thread.
/// </summary>
/// <remarks>
/// Call <see cref="OnFrame"/> and do what its verdict says before the next call: <see cref="Segment"/>, <see cref="Response"/>
/// and <see cref="Icmp"/> are overwritten by it. To read first: this file, then <c>TcpHost.Arrival.cs</c> (a segment to no
/// connection, RFC 9293 sections 3.10.7.1 and 3.10.7.2), <c>TcpHost.Admission.cs</c> (limits, SYN cookies, Fast Open),
/// <c>TcpHost.Opening.cs</c>.
/// </remarks>
public sealed partial class TcpHost
{
    private readonly HostSettings _settings;
    private readonly HashSet<IpAddress> _addresses;
    private readonly Dictionary<FlowKey, Flow> _flows = [];
    private readonly Dictionary<ushort, Listener> _listeners = [];
    private readonly SynCookies _cookies;
    private readonly FastOpenCookies _fastOpenCookies;
    private readonly EphemeralPorts _ports;
    private readonly TokenBucket _resets;
    private readonly TokenBucket _echoes;
    private readonly TokenBucket _icmps;
    private IpPacket _packet;
    private OutboundSegment _response;
    private IcmpMessage _icmp;

    /// <summary>A host without listeners and flows.</summary>
    public TcpHost(HostSettings settings)
    {
        _settings = settings;
        _addresses = [.. settings.Addresses];
        Sequences = new InitialSequence(settings.Seed);
        var draws = settings.Seed is { } seed ? new Random(seed) : new Random();
        Tcp = settings.Tcp with
        {
            Counters = Counters.Tcp,
            Memory = settings.Memory,
            Orphans = new OrphanLimit(settings.MaximumOrphans),
            Challenges = new ChallengeBudget(settings.ChallengesPerSecond, draws),
        };
        TimeWaits = new TimeWaitTable(settings.MaximumTimeWaits, Tcp);
        Fragments = new FragmentReassembler(settings.Memory);
        _cookies = new SynCookies(Sequences);
        _fastOpenCookies = new FastOpenCookies(Sequences);
        _ports = new EphemeralPorts(Sequences, settings.EphemeralPorts);
        _resets = new TokenBucket(settings.AnswersPerSecond);
        _echoes = new TokenBucket(settings.AnswersPerSecond);
        _icmps = new TokenBucket(settings.AnswersPerSecond);
    }

    /// <summary>
    /// The settings that connections begin with, with what they share: counters, memory, orphans, challenge ACKs.
    /// </summary>
    public TcpSettings Tcp { get; }

    /// <summary>Initial sequence numbers, timestamp offsets, and the secret that cookies are made of.</summary>
    public InitialSequence Sequences { get; }

    /// <summary>Flows whose connection is over and whose late segments are still to be dealt with.</summary>
    public TimeWaitTable TimeWaits { get; }

    /// <summary>Packets that wait for their fragments.</summary>
    public FragmentReassembler Fragments { get; }

    /// <summary>Connections by where they come from.</summary>
    public SourceCounts Sources { get; } = new();

    /// <summary>Path MTUs and round trips by destination.</summary>
    public PathCache Paths { get; } = new();

    /// <summary>What destinations granted to connections that were opened from here (RFC 7413).</summary>
    public FastOpenCache FastOpens { get; } = new();

    /// <summary>What this host counts.</summary>
    public HostCounters Counters { get; } = new();

    /// <summary>All flows that have an owner.</summary>
    public IReadOnlyCollection<Flow> Flows => _flows.Values;

    /// <summary>When <see cref="OnTime"/> is due; null: nothing waits.</summary>
    public TimeSpan? NextDeadline => Fragments.NextDeadline;

    /// <summary>With <see cref="HostAction.Deliver"/>: the segment; its payload points into the verdict's frame.</summary>
    public ref readonly TcpSegment Segment => ref _packet.Tcp;

    /// <summary>With <see cref="HostAction.Respond"/>: the segment to send.</summary>
    public ref readonly OutboundSegment Response => ref _response;

    /// <summary>With <see cref="HostAction.Report"/>: the message.</summary>
    public ref readonly IcmpMessage Icmp => ref _icmp;

    /// <summary>Where the last packet came from.</summary>
    public TcpEndpoint Source => _packet.Flow.Remote;

    /// <summary>Opens a port. It must be free.</summary>
    public void Listen(Listener listener) => _listeners.Add(listener.Port, listener);

    /// <summary>The listener on a port; null where there is none.</summary>
    public Listener? FindListener(ushort port) => _listeners.GetValueOrDefault(port);

    /// <summary>SYNs are answered with a RST from now on; flows go on.</summary>
    public void StopListening() => _listeners.Clear();

    /// <summary>Input: a frame arrived. The host takes it over, and the verdict says what of it is the caller's.</summary>
    public HostVerdict OnFrame(in LinkFrame frame, TimeSpan now)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out _packet);
        switch (_packet.Kind)
        {
            case PacketKind.Tcp:
                Counters.SegmentsReceived++;
                return _flows.TryGetValue(_packet.Flow, out var flow) ? OnKnownFlow(flow, frame) : OnUnknownFlow(frame, now);
            case PacketKind.Icmp:
                return OnIcmp(frame, now);
            case PacketKind.Fragment:
                return Reassemble(frame, now);
            case PacketKind.Other:
                return Drop(DropReason.OtherProtocol, frame);
            default:
                Counters.Drop(_packet.Malformation);
                frame.Buffer.Release();
                return HostVerdict.Malformed;
        }
    }

    /// <summary>Input: gives up what has waited too long.</summary>
    public void OnTime(TimeSpan now)
    {
        Fragments.Expire(now);
        CountFragments();
    }

    /// <summary>A flow leaves the table.</summary>
    internal void Remove(Flow flow) => _flows.Remove(flow.Key);

    private HostVerdict OnKnownFlow(Flow flow, in LinkFrame frame) => flow.Owner switch
    {
        { Kind: FlowOwnerKind.Software } => new HostVerdict(HostAction.Deliver, flow, frame, null),
        { Kind: FlowOwnerKind.Engine or FlowOwnerKind.Node } => new HostVerdict(HostAction.Forward, flow, frame, null),
        PendingOwner pending when pending.TryHold(frame) => new HostVerdict(HostAction.Hold, flow, default, null),
        _ => Drop(DropReason.NotReady, frame),
    };

    private HostVerdict Reassemble(in LinkFrame frame, TimeSpan now)
    {
        if (!_addresses.Contains(_packet.Flow.Local.Address)) return Drop(DropReason.ForeignAddress, frame);
        var verdict = Fragments.Add(frame.Packet.Span, now, out var whole);
        CountFragments();
        if (verdict is FragmentVerdict.Refused) return Drop(DropReason.Fragment, frame);
        frame.Buffer.Release();
        return verdict is FragmentVerdict.Complete ? OnFrame(whole, now) : new HostVerdict(HostAction.Hold, null, default, null);
    }

    private void CountFragments()
    {
        Counters.Drop(DropReason.ReassemblyFailed, Fragments.TimedOut - Counters[DropReason.ReassemblyFailed]);
        Counters.Drop(DropReason.FragmentsPushedOut, Fragments.PushedOut - Counters[DropReason.FragmentsPushedOut]);
    }

    private HostVerdict Drop(DropReason reason, in LinkFrame frame)
    {
        frame.Buffer.Release();
        return Drop(reason);
    }

    private HostVerdict Drop(DropReason reason)
    {
        Counters.Drop(reason);
        return new HostVerdict(HostAction.Drop, null, default, reason);
    }
}
