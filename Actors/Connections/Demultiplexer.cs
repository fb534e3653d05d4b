using ActorStack.Actors.Loop;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Between the link and the actors: reads each frame in place and finds whose it is. One message goes to each connection that a burst
/// has segments for; a steered flow's frames go to its engine without a message. What belongs to nobody is answered as the RFC says.
/// </summary>
internal sealed class Demultiplexer : ILoopLink
{
    /// <summary>RSTs and echo replies a second: enough for people and tools, no amplifier.</summary>
    private const int AnswersPerSecond = 1_000;

    /// <summary>Frames kept of a connection whose actor is being made.</summary>
    private const int MostEarly = 16;

    private readonly StackContext _stack;
    private readonly HashSet<IpAddress> _addresses;
    private readonly Dictionary<ushort, Listener> _listeners = [];
    private readonly List<FlowEntry> _touched = new(EventLoop.BurstSize);
    private readonly SynCookies _cookies;
    private readonly RefusalLog _refusals;
    private readonly FastOpenCookies _fastOpens;
    private readonly FragmentReassembler _fragments = new();
    private readonly TokenBucket _resets = new(AnswersPerSecond);
    private readonly TokenBucket _echoes = new(AnswersPerSecond);
    private readonly TokenBucket _icmps = new(AnswersPerSecond);
    private readonly Action<TimerNode> _tellOwner = static node => ((IActorRef)node.Owner).Tell(TimerFired.Instance, ActorRefs.NoSender);
    private IpPacket _packet;

    public Demultiplexer(StackContext stack)
    {
        _stack = stack;
        _addresses = [.. stack.Settings.Addresses];
        _cookies = new SynCookies(stack.Sequences);
        _fastOpens = new FastOpenCookies(stack.Sequences);
        _refusals = new RefusalLog(stack);
    }

    public ILink Link => _stack.Link;

    public TimeSpan UntilNextTimer
    {
        get
        {
            if (_stack.Wheel.NextDeadline is not { } deadline) return Timeout.InfiniteTimeSpan;
            var left = deadline - _stack.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void OnDrained()
    {
        if (_stack.Engaging.Count == 0) return;
        foreach (var entry in _stack.Engaging) entry.SteeredTo?.Engage(entry.Handle);
        _stack.Engaging.Clear();
    }

    public void OnLost(Exception error) => _stack.Stack.Tell(new LinkFailed(error), ActorRefs.NoSender);

    public void OnTimers() => _stack.Wheel.Advance(_stack.Now, _tellOwner);

    public void Add(Listener listener) => _listeners.Add(listener.Settings.Port, listener);

    /// <summary>The listener on a port; null where there is none.</summary>
    public Listener? FindListener(ushort port) => _listeners.GetValueOrDefault(port);

    /// <summary>SYNs are answered with a RST from now on.</summary>
    public void StopListening() => _listeners.Clear();

    public void OnBurst(ReadOnlySpan<LinkFrame> frames)
    {
        foreach (ref readonly var frame in frames)
        {
            try
            {
                if (!Route(frame)) frame.Buffer.Release();
            }
            catch (Exception error)
            {
                // One packet must not cost the others their service.
                _stack.Counters.Drop(DropReason.InternalError);
                _stack.Errors.Error(error, "A packet of {0} bytes was dropped", frame.Length);
            }
        }

        _packet = default;
        foreach (var entry in _touched)
        {
            var burst = entry.Pending!;
            entry.Pending = null;
            entry.Actor!.Tell(burst, ActorRefs.NoSender);
        }

        _touched.Clear();
    }

    /// <summary>True where the frame has a new owner.</summary>
    private bool Route(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out _packet);
        switch (_packet.Kind)
        {
            case PacketKind.Tcp:
                _stack.Counters.SegmentsReceived++;
                return RouteSegment(frame);
            case PacketKind.Icmp:
                OnIcmp(frame);
                break;
            case PacketKind.Malformed:
                _stack.Counters.Drop(_packet.Malformation);
                break;
            case PacketKind.Fragment:
                Reassemble(frame);
                break;
            case PacketKind.Other:
                _stack.Counters.Drop(DropReason.OtherProtocol);
                break;
        }

        return false;
    }

    private void Reassemble(in LinkFrame frame)
    {
        if (!_addresses.Contains(_packet.Flow.Local.Address))
        {
            _stack.Counters.Drop(DropReason.ForeignAddress);
            return;
        }

        var before = _fragments.GivenUp;
        var verdict = _fragments.Add(frame.Packet.Span, _stack.Now, out var whole);
        for (; before < _fragments.GivenUp; before++) _stack.Counters.Drop(DropReason.ReassemblyFailed);
        switch (verdict)
        {
            case FragmentVerdict.Complete:
                if (!Route(whole)) whole.Buffer.Release();
                break;
            case FragmentVerdict.Refused:
                _stack.Counters.Drop(DropReason.Fragment);
                break;
        }
    }

    private bool RouteSegment(in LinkFrame frame)
    {
        if (!_stack.Flows.TryGetValue(_packet.Flow, out var entry)) return OnUnknownFlow(frame);

        if (entry.SteeredTo is { } engine)
        {
            engine.Forward(entry.Handle, frame);
            return false;
        }

        if (entry.Syn is { } first) return KeepEarly(first, frame);
        if (!entry.IsReady)
        {
            _stack.Counters.Drop(DropReason.NotReady);
            return false;
        }

        if (entry.Pending is null)
        {
            entry.Pending = _stack.Bursts.Rent();
            _touched.Add(entry);
        }

        entry.Pending.Add(frame, _packet.Tcp);
        return true;
    }

    private bool KeepEarly(FirstSegment first, in LinkFrame frame)
    {
        if (first.Cookie is null || first.Early?.Count >= MostEarly)
        {
            _stack.Counters.Drop(DropReason.NotReady);
            return false;
        }

        first.Early ??= _stack.Bursts.Rent();
        first.Early.Add(frame, _packet.Tcp);
        return true;
    }

    private bool OnUnknownFlow(in LinkFrame frame)
    {
        switch (_stack.TimeWaits.Arrive(_packet.Flow, _packet.Tcp, _stack.Now, out var answer, out var iss))
        {
            case TimeWaitVerdict.Unknown:
                return OnNewFlow(frame);
            case TimeWaitVerdict.Dropped:
                _stack.Counters.Drop(DropReason.TimeWait);
                break;
            case TimeWaitVerdict.Answered:
                Send(answer);
                break;
            case TimeWaitVerdict.Reusable:
                OpenAnew(iss);
                break;
        }

        return false;
    }

    /// <summary>A cookie has no room for the sequence number that the old connection settles: where one would be needed, the SYN must come again.</summary>
    private void OpenAnew(SequenceNumber iss)
    {
        if (!_listeners.TryGetValue(_packet.Flow.Local.Port, out var listener)) Refuse();
        else if (IsOverflowing(listener)) return;
        else if (FindFlood(listener) is not null) _stack.Counters.Tcp.Count(TcpExt.ListenDrops);
        else if (Admit(listener, new FirstSegment(_packet.Tcp) { Iss = iss }) && _stack.TimeWaits.Remove(_packet.Flow))
            _stack.Counters.Tcp.Count(TcpExt.TWRecycled);
    }

    private bool OnNewFlow(in LinkFrame frame)
    {
        if (!_addresses.Contains(_packet.Flow.Local.Address))
        {
            _stack.Counters.Drop(DropReason.ForeignAddress);
            return false;
        }

        const TcpFlags Handshake = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin;
        var step = _packet.Tcp.Flags & Handshake;
        if (!_listeners.TryGetValue(_packet.Flow.Local.Port, out var listener)) Refuse();
        else if (step == TcpFlags.Syn && IsOverflowing(listener)) return false;
        else if (step == TcpFlags.Syn && FindFlood(listener) is { } flood) AnswerWithCookie(listener, flood);
        else if (step == TcpFlags.Syn) Admit(listener, FirstOf(listener));
        else if (step == TcpFlags.Ack && _cookies.WereMade(_stack.Now)) return OpenCookie(listener, frame);
        else RefuseToListener();
        return false;
    }

    /// <summary>The SYN, and what its Fast Open option is worth (RFC 7413 section 4.2.2).</summary>
    private FirstSegment FirstOf(Listener listener)
    {
        ref readonly var syn = ref _packet.Tcp;
        var (limit, counters, now) = (listener.Tcp.Options.FastOpen, _stack.Counters.Tcp, _stack.Now);
        if (limit == 0 || !syn.Options.HasFastOpen) return new FirstSegment(syn);
        if (syn.Options.FastOpen.IsRequest)
        {
            counters.Count(TcpExt.TCPFastOpenCookieReqd);
            return new FirstSegment(syn) { FastOpen = new FastOpenAnswer(false, _fastOpens.Make(_packet.Flow, now)) };
        }

        if (!_fastOpens.IsGood(syn.Options.FastOpen, _packet.Flow, now, out var isOld))
        {
            counters.Count(TcpExt.TCPFastOpenPassiveFail);
            return new FirstSegment(syn) { FastOpen = new FastOpenAnswer(false, _fastOpens.Make(_packet.Flow, now)) };
        }

        if (syn.Payload.IsEmpty) return new FirstSegment(syn);
        if (listener.PendingFastOpens(now) >= limit)
        {
            counters.Count(TcpExt.TCPFastOpenListenOverflow);
            return new FirstSegment(syn);
        }

        counters.Count(TcpExt.TCPFastOpenPassive);
        return new FirstSegment(syn, syn.Payload.ToArray()) { FastOpen = new FastOpenAnswer(true, isOld ? _fastOpens.Make(_packet.Flow, now) : null) };
    }

    private bool IsOverflowing(Listener listener)
    {
        if (!listener.Accepts.IsFull) return false;
        _stack.Counters.OverflowListener();
        _refusals.Note(DropReason.AcceptQueueFull, _packet.Flow.Remote);
        return true;
    }

    /// <summary>The limit of half-open connections that a SYN meets; null: none.</summary>
    private DropReason? FindFlood(Listener listener)
    {
        if (listener.HalfOpen >= listener.Settings.Backlog) return DropReason.BacklogFull;
        if (_stack.Sources.HalfOpen >= _stack.Settings.MaximumHalfOpen) return DropReason.TooManyHalfOpen;
        return _stack.Sources.HalfOpenOf(_packet.Flow.Remote.Address) >= _stack.Settings.MaximumHalfOpenPerSource
            ? DropReason.TooManyHalfOpenFromSource
            : null;
    }

    /// <summary>The limit that keeps a connection from being; null: none.</summary>
    private DropReason? FindRefusal()
    {
        if (_stack.Flows.Count >= _stack.Settings.MaximumConnections) return DropReason.TooManyConnections;
        if (_stack.Memory.IsExhausted) return DropReason.OutOfMemory;
        return _stack.Sources.ConnectionsOf(_packet.Flow.Remote.Address) >= _stack.Settings.MaximumConnectionsPerSource
            ? DropReason.TooManyFromSource
            : null;
    }

    /// <summary>
    /// Deviation from RFC 9293 section 3.10.7.2: while there are cookies, text that proves none gets no reset. It may have overtaken what
    /// proves one, and would end a connection that is about to be.
    /// </summary>
    private bool OpenCookie(Listener listener, in LinkFrame frame)
    {
        var hasText = !_packet.Tcp.Payload.IsEmpty;
        if (_cookies.Open(_packet.Flow, _packet.Tcp, _stack.Now) is not { } syn)
        {
            _stack.Counters.Tcp.Count(TcpExt.SyncookiesFailed);
            if (hasText) _stack.Counters.Drop(DropReason.NoConnection);
            else Refuse();
            return false;
        }

        if (IsOverflowing(listener) || !Admit(listener, syn)) return false;
        _stack.Counters.Tcp.Count(TcpExt.SyncookiesRecv);
        return hasText && KeepEarly(syn, frame);
    }

    private void AnswerWithCookie(Listener listener, DropReason flood)
    {
        if (IsRefused()) return;
        _stack.Counters.Drop(flood);
        _refusals.Note(flood, _packet.Flow.Remote);
        _stack.Counters.Tcp.Count(TcpExt.ListenOverflows);
        _stack.Counters.Tcp.Count(TcpExt.SyncookiesSent);
        ref readonly var offered = ref _packet.Tcp.Options;
        var answer = new OutboundSegment
        {
            Flow = _packet.Flow,
            Sequence = _cookies.Make(_packet.Flow, _packet.Tcp, _stack.Now),
            Acknowledgment = _packet.Tcp.Sequence + 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Window = ushort.MaxValue,
            HopLimit = listener.Tcp.Options.HopLimit,
            TrafficClass = listener.Tcp.Options.TrafficClass,
        };
        answer.Options.MaximumSegmentSize = (ushort)Math.Min(_stack.Tcp.Mtu - (_packet.Flow.Local.Address.IsIPv6 ? 60 : 40), listener.Tcp.Options.MaximumSegmentSize);
        if (offered.HasTimestamps && _stack.Tcp.Timestamps)
        {
            var clock = _stack.Now + _stack.Sequences.TimestampOffset(_packet.Flow);
            answer.Options.HasTimestamps = true;
            var ecn = listener.Tcp.Ecn is not EcnMode.Off && _packet.Tcp.Has(TcpFlags.Ece | TcpFlags.Cwr);
            if (ecn) answer.Flags |= TcpFlags.Ece;
            answer.Options.TimestampValue = CookieOptions.Encode(offered, ecn, unchecked((uint)(clock.Ticks / TimeSpan.TicksPerMillisecond)));
            answer.Options.TimestampEcho = offered.TimestampValue;
            answer.Options.SackPermitted = offered.SackPermitted && _stack.Tcp.Sack;
            answer.Options.HasWindowScale = offered.HasWindowScale && _stack.Tcp.WindowScaling;
            answer.Options.WindowScale = TcpConnection.WindowScaleFor(listener.Buffers.ReceiveCapacity);
        }

        Send(answer);
    }

    private void Send(in OutboundSegment segment)
    {
        _stack.Link.SendBuffered(segment);
        _stack.Counters.SegmentsSent++;
    }

    private bool IsRefused()
    {
        if (FindRefusal() is not { } refusal) return false;
        _stack.Counters.Drop(refusal);
        _stack.Counters.Tcp.Count(TcpExt.ListenDrops);
        _refusals.Note(refusal, _packet.Flow.Remote);
        return true;
    }

    private bool Admit(Listener listener, FirstSegment syn)
    {
        if (IsRefused()) return false;
        var entry = new FlowEntry(_stack.NextId(), _packet.Flow, listener, _stack.Sources, syn);
        _stack.Flows.Add(entry.Flow, entry);
        _stack.Connections.Add(entry.Id.Value, entry);
        listener.Actor.Tell(new Admitted(entry), ActorRefs.NoSender);
        return true;
    }

    /// <summary>
    /// No SYN to a port in LISTEN (RFC 9293 section 3.10.7.2): without an acknowledgment it is dropped, and so, as in Linux, is a SYN with a
    /// FIN.
    /// </summary>
    private void RefuseToListener()
    {
        if (_packet.Tcp.Has(TcpFlags.Ack)) Refuse();
        else _stack.Counters.Drop(DropReason.NoConnection);
    }

    /// <summary>A segment to a connection that does not exist (RFC 9293 section 3.10.7.1).</summary>
    private void Refuse()
    {
        ref readonly var segment = ref _packet.Tcp;
        _stack.Counters.Drop(DropReason.NoConnection);
        if (segment.Has(TcpFlags.Rst)) return;
        if (!_resets.TryTake(_stack.Now))
        {
            _stack.Counters.Drop(DropReason.ResetRate);
            return;
        }

        var acknowledges = segment.Has(TcpFlags.Ack);
        var reset = new OutboundSegment
        {
            Flow = _packet.Flow,
            Sequence = acknowledges ? segment.Acknowledgment : default,
            Acknowledgment = acknowledges ? default : segment.End,
            Flags = acknowledges ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
            HopLimit = _stack.Tcp.Options.HopLimit,
        };
        Send(reset);
        _stack.Counters.ResetsSent++;
    }

    private void OnIcmp(in LinkFrame frame)
    {
        if (!_addresses.Contains(_packet.Flow.Local.Address) || !IcmpReader.TryRead(_packet, out var message)) _stack.Counters.Drop(DropReason.Icmp);
        else if (message.Kind is IcmpKind.EchoRequest) AnswerEcho();
        else if (message.QuotesTcp && _stack.Flows.TryGetValue(message.Flow, out var entry)) Tell(entry, message, frame);
        else _stack.Counters.Drop(DropReason.Icmp);
    }

    /// <summary>Whoever runs the connection judges by the sequence number whether it is forged (RFC 5927).</summary>
    private void Tell(FlowEntry entry, in IcmpMessage message, in LinkFrame frame)
    {
        if (!entry.IsReady) _stack.Counters.Drop(DropReason.NotReady);
        else if (!_icmps.TryTake(_stack.Now)) _stack.Counters.Drop(DropReason.IcmpRate);
        else if (entry.SteeredTo is { } engine) engine.Forward(entry.Handle, frame);
        else entry.Actor!.Tell(new ConnectionProtocol.IcmpArrived(message), ActorRefs.NoSender);
    }

    private void AnswerEcho()
    {
        if (!_echoes.TryTake(_stack.Now))
        {
            _stack.Counters.Drop(DropReason.EchoRate);
            return;
        }

        var reply = FrameBuffer.Rent();
        var length = IcmpWriter.WriteEchoReply(reply.Bytes, _packet, _stack.Tcp.Options.HopLimit);
        if (length > 0) _stack.Link.SendFrame(new LinkFrame(reply, 0, length, ChecksumVerified: false, SegmentSize: 0));
        reply.Release();
    }
}
