using ActorStack.Transport.Tcp;
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
    private readonly FlowsByKey _flows = new();
    private readonly Dictionary<ushort, Listener> _listeners = []; // of every address
    private readonly Dictionary<TcpEndpoint, Listener> _boundListeners = []; // of one address
    private readonly EphemeralPorts _ports;
    private IpPacket _packet;
    private OutboundSegment _response;
    private IcmpMessage _icmp;

    /// <summary>Makes the only host of its stack, without listeners and flows.</summary>
    public TcpHost(HostSettings settings)
        : this(new HostShared(settings, FlowSpread.OneLoop), index: 0)
    {
    }

    /// <summary>Makes one of the hosts of a stack, without listeners and flows.</summary>
    /// <param name="shared">What they share.</param>
    /// <param name="index">Which of them it is, from 0.</param>
    public TcpHost(HostShared shared, int index)
    {
        (Shared, Index) = (shared, index);
        _settings = shared.Settings;
        Tcp = _settings.Tcp with
        {
            Counters = Counters.Tcp,
            Memory = _settings.Memory,
            Orphans = shared.Orphans,
            Challenges = shared.Challenges,
        };
        TimeWaits = new TimeWaitTable(shared.PartOf(_settings.MaximumTimeWaits, index), Tcp);
        Fragments = new FragmentReassembler(_settings.Memory);
        IsSettled = _settings.IsSettled;
        _ports = new EphemeralPorts(shared.Sequences, _settings.EphemeralPorts);
    }

    /// <summary>The state that the hosts of the stack share.</summary>
    public HostShared Shared { get; }

    /// <summary>Which of the stack's hosts this is, from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// The settings that connections begin with, with what they share: counters, memory, orphans, challenge ACKs.
    /// </summary>
    public TcpSettings Tcp { get; }

    /// <summary>
    /// A segment to no connection is answered with a RST. False: another host may have the connection, so that such a segment is
    /// dropped; a SYN is answered as always.
    /// </summary>
    public bool IsSettled { get; set; }

    /// <summary>Initial sequence numbers, timestamp offsets, and the secret that cookies are made of.</summary>
    public InitialSequence Sequences => Shared.Sequences;

    /// <summary>The flows in TIME-WAIT.</summary>
    public TimeWaitTable TimeWaits { get; }

    /// <summary>Packets that wait for their fragments.</summary>
    public FragmentReassembler Fragments { get; }

    /// <summary>Counts connections by the network they come from.</summary>
    public SourceCounts Sources => Shared.Sources;

    /// <summary>Path MTUs and round trips by destination.</summary>
    public PathCache Paths => Shared.Paths;

    /// <summary>The Fast Open cookies that destinations granted to connections opened from here (RFC 7413).</summary>
    public FastOpenCache FastOpens => Shared.FastOpens;

    /// <summary>The counters of this host.</summary>
    public HostCounters Counters { get; } = new();

    /// <summary>All flows of this host.</summary>
    public IReadOnlyCollection<Flow> Flows => _flows;

    /// <summary>When <see cref="OnTime"/> is due; null: nothing waits.</summary>
    public TimeSpan? NextDeadline =>
        _forwardingEnds.TryPeek(out var end) && !(Fragments.NextDeadline < end.Due) ? end.Due : Fragments.NextDeadline;

    /// <summary>The segment, after <see cref="HostAction.Deliver"/>; its payload points into the verdict's frame.</summary>
    public ref readonly TcpSegment Segment => ref _packet.Tcp;

    /// <summary>With <see cref="HostAction.Respond"/>: the segment to send.</summary>
    public ref readonly OutboundSegment Response => ref _response;

    /// <summary>With <see cref="HostAction.Report"/>: the message.</summary>
    public ref readonly IcmpMessage Icmp => ref _icmp;

    /// <summary>With <see cref="HostAction.HandOver"/>: the index of the host that has the flow.</summary>
    public int Destination { get; private set; }

    /// <summary>With <see cref="HostAction.Ask"/>: the flow of the segment.</summary>
    public FlowKey UnknownFlow => _packet.Flow;

    /// <summary>Where the last packet came from.</summary>
    public TcpEndpoint Source => _packet.Flow.Remote;

    /// <summary>Opens a port, on one address or on every one. It must be free.</summary>
    public void Listen(Listener listener)
    {
        if (listener.Address is { } address) _boundListeners.Add(new TcpEndpoint(address, listener.Port), listener);
        else _listeners.Add(listener.Port, listener);
    }

    /// <summary>Closes a port: its SYNs are answered with a RST from now on. Connections that were admitted go on.</summary>
    public void Unlisten(Listener listener)
    {
        if (listener.Address is { } address) _boundListeners.Remove(new TcpEndpoint(address, listener.Port));
        else _listeners.Remove(listener.Port);
    }

    /// <summary>The listener for connections to an address and port; null where there is none.</summary>
    public Listener? FindListener(in TcpEndpoint local)
    {
        if (!Shared.IsListening) return null;
        if (_boundListeners.Count > 0 && _boundListeners.TryGetValue(local, out var bound)) return bound;
        return _listeners.GetValueOrDefault(local.Port);
    }

    /// <summary>Input: a frame arrived. The host takes it over, and the verdict says what of it is the caller's.</summary>
    public HostVerdict OnFrame(in LinkFrame frame, TimeSpan now)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out _packet);
        switch (_packet.Kind)
        {
            case PacketKind.Tcp:
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
    internal void Remove(Flow flow)
    {
        _flows.Remove(flow.Key);
        Shared.Leave();
    }

    private HostVerdict OnKnownFlow(Flow flow, in LinkFrame frame)
    {
        Counters.SegmentsReceived++;
        return flow.Owner switch
        {
            { Kind: FlowOwnerKind.Software } => new HostVerdict(HostAction.Deliver, flow, frame, null),
            { Kind: FlowOwnerKind.Engine or FlowOwnerKind.Node } => new HostVerdict(HostAction.Forward, flow, frame, null),
            PendingOwner pending when pending.TryHold(frame) => new HostVerdict(HostAction.Hold, flow, default, null),
            _ => Drop(DropReason.NotReady, frame),
        };
    }

    /// <summary>The packet is of another host's flow: it came in by a queue that is not its flow's.</summary>
    private HostVerdict HandOver(int destination, in LinkFrame frame)
    {
        Destination = destination;
        Counters.HandedOver++;
        return new HostVerdict(HostAction.HandOver, null, frame, null);
    }

    private HostVerdict Reassemble(in LinkFrame frame, TimeSpan now)
    {
        if (!Shared.IsLocal(_packet.Flow.Local.Address)) return Drop(DropReason.ForeignAddress, frame);
        if (Index != HostShared.Reassembler) return HandOver(HostShared.Reassembler, frame);
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
