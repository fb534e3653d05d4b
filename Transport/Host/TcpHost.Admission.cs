using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>New flows: limits, SYN cookies (RFC 4987 section 3.6), Fast Open (RFC 7413).</summary>
public sealed partial class TcpHost
{
    /// <summary>
    /// A SYN without a cookie. Where the limits of half-open connections are met, perhaps by another host since this one looked,
    /// it is dropped, and comes again.
    /// </summary>
    /// <param name="listener">The listener of the port.</param>
    /// <param name="iss">Where the flow's last connection settles it (RFC 6191); null: any.</param>
    /// <param name="now">The host's time.</param>
    private HostVerdict AdmitSyn(Listener listener, SequenceNumber? iss, TimeSpan now)
    {
        lock (Shared.Admission)
        {
            if (FindFlood(listener) is null)
                return Admit(listener, iss is null ? FirstOf(listener, now) : new FirstSegment(_packet.Tcp) { Iss = iss });
        }

        Counters.Tcp.Count(TcpExt.ListenDrops);
        return new HostVerdict(HostAction.Drop, null, default, null);
    }

    private HostVerdict Admit(Listener listener, FirstSegment syn)
    {
        lock (Shared.Admission)
            return FindRefusal() is { } refusal ? RefuseSyn(refusal) : HostVerdict.Open(Add(listener, _packet.Flow, syn));
    }

    /// <summary>Under <see cref="HostShared.Admission"/>.</summary>
    private Flow Add(Listener listener, in FlowKey key, FirstSegment? first) =>
        Add(listener, key, new PendingOwner(first), isHalfOpen: true, countsForSource: first is not null);

    /// <summary>Under <see cref="HostShared.Admission"/>.</summary>
    private Flow Add(Listener listener, in FlowKey key, PendingOwner owner, bool isHalfOpen, bool countsForSource)
    {
        var flow = new Flow(this, key, listener, owner, isHalfOpen, countsForSource);
        _flows.Add(flow);
        Shared.Enter();
        return flow;
    }

    private HostVerdict RefuseSyn(DropReason refusal)
    {
        Counters.Tcp.Count(TcpExt.ListenDrops);
        return Drop(refusal);
    }

    private HostVerdict Overflow()
    {
        Counters.OverflowListener();
        return new HostVerdict(HostAction.Drop, null, default, DropReason.AcceptQueueFull);
    }

    /// <summary>The limit of half-open connections that a SYN meets; null: none.</summary>
    private DropReason? FindFlood(Listener listener)
    {
        if (listener.HalfOpen >= listener.Backlog) return DropReason.BacklogFull;
        if (Sources.HalfOpen >= _settings.MaximumHalfOpen) return DropReason.TooManyHalfOpen;
        return Sources.HalfOpenOf(_packet.Flow.Remote.Address) >= _settings.MaximumHalfOpenPerSource
            ? DropReason.TooManyHalfOpenFromSource
            : null;
    }

    /// <summary>The limit that keeps a connection from being; null: none.</summary>
    private DropReason? FindRefusal() => FindRefusal(_packet.Flow.Remote.Address);

    /// <param name="source">The address that the connection counts for; null: none.</param>
    private DropReason? FindRefusal(IpAddress? source)
    {
        if (Shared.Connections >= _settings.MaximumConnections) return DropReason.TooManyConnections;
        if (_settings.Memory.IsExhausted) return DropReason.OutOfMemory;
        return source is { } address && Sources.ConnectionsOf(address) >= _settings.MaximumConnectionsPerSource
            ? DropReason.TooManyFromSource
            : null;
    }

    /// <summary>The SYN, and what its Fast Open option is worth (RFC 7413 section 4.2.2).</summary>
    private FirstSegment FirstOf(Listener listener, TimeSpan now)
    {
        ref readonly var syn = ref _packet.Tcp;
        var (limit, counters) = (listener.Tcp.Options.FastOpen, Counters.Tcp);
        if (limit == 0 || !syn.Options.HasFastOpen) return new FirstSegment(syn);
        if (syn.Options.FastOpen.IsRequest)
        {
            counters.Count(TcpExt.TCPFastOpenCookieReqd);
            return new FirstSegment(syn) { FastOpen = new FastOpenAnswer(false, Shared.FastOpenCookies.Make(_packet.Flow, now)) };
        }

        if (!Shared.FastOpenCookies.IsGood(syn.Options.FastOpen, _packet.Flow, now, out var isOld))
        {
            counters.Count(TcpExt.TCPFastOpenPassiveFail);
            return new FirstSegment(syn) { FastOpen = new FastOpenAnswer(false, Shared.FastOpenCookies.Make(_packet.Flow, now)) };
        }

        if (syn.Payload.IsEmpty) return new FirstSegment(syn);
        if (listener.Counts.PendingFastOpens(now) >= limit)
        {
            counters.Count(TcpExt.TCPFastOpenListenOverflow);
            return new FirstSegment(syn);
        }

        counters.Count(TcpExt.TCPFastOpenPassive);
        return new FirstSegment(syn, syn.Payload.ToArray())
        {
            FastOpen = new FastOpenAnswer(true, isOld ? Shared.FastOpenCookies.Make(_packet.Flow, now) : null),
        };
    }

    /// <summary>
    /// An acknowledgment that may be of a cookie. Deviation from RFC 9293 section 3.10.7.2: while there are cookies, payload that
    /// proves none gets no reset. It may have overtaken the segment that proves one, and would end a connection that is about to
    /// be. A segment that was held while the directory was asked has waited long enough.
    /// </summary>
    private HostVerdict OpenCookie(Listener listener, in LinkFrame frame, TimeSpan now)
    {
        var hasPayload = !_packet.Tcp.Payload.IsEmpty;
        if (Shared.Cookies.Open(_packet.Flow, _packet.Tcp, now) is not { } syn)
        {
            if (MayBeElsewhere()) return Ask(frame);
            Counters.Tcp.Count(TcpExt.SyncookiesFailed);
            frame.Buffer.Release();
            return hasPayload && !_isOwnerless ? Drop(DropReason.NoConnection) : Refuse(now);
        }

        var verdict = listener.Accepts.IsFull ? Overflow() : Admit(listener, syn);
        if (verdict.Flow is not { Owner: PendingOwner pending })
        {
            frame.Buffer.Release();
            return verdict;
        }

        Counters.Tcp.Count(TcpExt.SyncookiesRecv);
        if (!hasPayload || !pending.TryHold(frame)) frame.Buffer.Release();
        return verdict;
    }

    private HostVerdict AnswerWithCookie(Listener listener, DropReason flood, TimeSpan now)
    {
        if (FindRefusal() is { } refusal) return RefuseSyn(refusal);
        Counters.Drop(flood);
        Counters.Tcp.Count(TcpExt.ListenOverflows);
        Counters.Tcp.Count(TcpExt.SyncookiesSent);
        _response = new OutboundSegment
        {
            Flow = _packet.Flow,
            Sequence = Shared.Cookies.Make(_packet.Flow, _packet.Tcp, now),
            Acknowledgment = _packet.Tcp.Sequence + 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Window = ushort.MaxValue,
            HopLimit = listener.Tcp.Options.HopLimit,
            TrafficClass = listener.Tcp.Options.TrafficClass,
        };
        var agreed = OfferOf(listener).AgreedWith(_packet.Tcp.Options);
        SegmentOptions.AddToSyn(ref _response.Options, agreed.Timestamps ? agreed : new SynOptions(agreed.MaximumSegmentSize));
        if (agreed.Timestamps) AddCookieTimestamps(listener, now);
        return HostVerdict.Respond(flood);
    }

    private SynOptions OfferOf(Listener listener) => new(
        (ushort)Math.Min(Tcp.Mtu - (_packet.Flow.Local.Address.IsIPv6 ? 60 : 40), listener.Tcp.Options.MaximumSegmentSize),
        Tcp.WindowScaling ? SynOptions.WindowScaleFor(listener.ReceiveCapacity) : null,
        Tcp.Sack,
        Tcp.Timestamps);

    /// <summary>The timestamp has room for what the cookie has none for: window scale, SACK and ECN.</summary>
    private void AddCookieTimestamps(Listener listener, TimeSpan now)
    {
        ref readonly var offered = ref _packet.Tcp.Options;
        var ecn = listener.Tcp.Ecn is not EcnMode.Off && _packet.Tcp.Has(TcpFlags.Ece | TcpFlags.Cwr);
        if (ecn) _response.Flags |= TcpFlags.Ece;
        var clock = TimestampClock.Value(now, Sequences.TimestampOffset(_packet.Flow));
        var value = CookieOptions.Encode(offered, ecn, clock);
        SegmentOptions.AddTimestamps(ref _response.Options, timestamps: true, value, offered.TimestampValue);
    }
}
