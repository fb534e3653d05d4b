using System.Buffers;
using System.Diagnostics;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Into the kernel: the socket is built in repair mode, so nothing is sent. Sequence numbers are set before bind and connect, the
/// window after them and before anything can leave.
/// </summary>
internal sealed partial class KernelConnection
{
    // The option and its padding (RFC 7323 appendix A).
    private const int TimestampsLength = 12;

    private const int LargestSegment = 60 * 1024;

    // A FIN takes one sequence number, and no socket option says that it was sent or received: it is sent and received again,
    // in repair mode and by a segment made up here, from one number earlier on.
    private bool IsPeerFinished => _imported.Receive.FinReceived;

    private uint FirstSendSequence => SentAgain ? _imported.Send.SndUna - 1 : _imported.Send.SndUna;

    private bool SentAgain => _imported.Identity.State is TcpState.FinWait2 || IsRttPrimed;

    // Without a sample of the round trip the kernel's timeout is 3 s, and no option sets one. So a byte that the peer
    // acknowledged long ago counts as sent and is acknowledged again, by a segment that echoes a timestamp as old as the round
    // trip is long.
    private bool IsRttPrimed =>
        _imported.RoundTrip.HasRtt && _imported.Negotiated.Timestamps && _imported.Identity.State is not TcpState.FinWait2;

    private uint FirstReceiveSequence => IsPeerFinished ? _imported.Receive.RcvNxt - 1 : _imported.Receive.RcvNxt;

    private int SegmentPayload => Math.Max(1, EffectiveMss(_imported) - (_imported.Negotiated.Timestamps ? TimestampsLength : 0));

    /// <summary>Connection states a kernel socket can be put into.</summary>
    public static bool Supports(TcpState state) =>
        state is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait;

    /// <summary>Throws <see cref="LinuxException"/>; nothing is then left behind.</summary>
    public static KernelConnection Import(
        KernelEngine engine, EngineHandle handle, ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events)
    {
        var isIPv6 = image.State.Identity.LocalAddress.Length == 16;
        var socket = engine.Namespace.Run(() => RepairSocket.Open(isIPv6));
        try
        {
            var connection = new KernelConnection(engine, handle, image, buffers, events, socket);
            connection.Build();
            return connection;
        }
        catch (LinuxException)
        {
            engine.Seed?.Remove(socket.Cookie);
            socket.Dispose();
            throw;
        }
    }

    public FidelityLedger ImportLedger()
    {
        const string RoundTrip = nameof(TcpConnectionState.RoundTrip);
        const string Measured = "no call sets it; the first acknowledgment measures it";
        var timing = IsRttPrimed
            ? KernelFidelity.OfImport
                .With(RoundTrip, nameof(RoundTripSection.SRttTicks), Fidelity.Approximate, "in whole milliseconds")
                .With(RoundTrip, nameof(RoundTripSection.RttVarTicks), Fidelity.Approximate, "half the round trip")
                .With(RoundTrip, nameof(RoundTripSection.RtoTicks), Fidelity.Approximate, "as the kernel computes it")
            : KernelFidelity.OfImport
                .With(RoundTrip, nameof(RoundTripSection.SRttTicks), Fidelity.Lost, Measured)
                .With(RoundTrip, nameof(RoundTripSection.RttVarTicks), Fidelity.Lost, Measured)
                .With(RoundTrip, nameof(RoundTripSection.RtoTicks), Fidelity.Lost, "3 s until the first acknowledgment");
        var ledger = LedgerOfSeed(timing);
        return _hasCongestionAlgorithm
            ? ledger
            : ledger.With(
                nameof(TcpConnectionState.Congestion), nameof(CongestionSection.Algorithm), Fidelity.Lost,
                $"the kernel has no '{_imported.Congestion.Algorithm}' to offer and runs its default");
    }

    private FidelityLedger LedgerOfSeed(FidelityLedger ledger)
    {
        const string Congestion = nameof(TcpConnectionState.Congestion);
        if ((_engine.Seed is null ? _engine.NoSeedReason : _cwndSeedError) is { } reason)
        {
            return ledger
                .With(Congestion, nameof(CongestionSection.Cwnd), Fidelity.Lost, reason)
                .With(Congestion, nameof(CongestionSection.SsThresh), Fidelity.Lost, reason);
        }

        ledger = ledger.With(
            Congestion, nameof(CongestionSection.Cwnd), Fidelity.Approximate, "the kernel counts it in segments");
        return _hasThreshold
            ? ledger.With(
                Congestion, nameof(CongestionSection.SsThresh), Fidelity.Approximate,
                "in segments, and not below the window; until a loss the window grows by a segment a round trip, later faster")
            : ledger;
    }

    private string? _cwndSeedError;
    private ulong _cookie;
    private bool _hasThreshold;
    private bool _hasCongestionAlgorithm;
    private long _importedAt;

    private void Build()
    {
        if (_imported.Negotiated.Timestamps) _repair.Timestamp = FirstTimestamp(_imported.Timestamps.ClockTicks);
        _repair.SendSequence = FirstSendSequence;
        _repair.ReceiveSequence = FirstReceiveSequence;
        SetBuffers();
        _repair.Set(SocketOption.LevelSocket, SocketOption.OutOfBandInline, 1);
        SetUserOptions();
        Connect();
        BoundSegments();
        if (IsRttPrimed) _repair.AppendSent([0]);
        foreach (var part in _payload.Send.Slice(0, _imported.UnacknowledgedLength)) _repair.AppendSent(part.Span);
        LetSendBufferGrow();
        if (_imported.Send.FinSent) _repair.ShutdownSend();
        SetWindows();
        SetBounds();
        _importedAt = Stopwatch.GetTimestamp();
        _sendSequence = _repair.SendSequence;
        Debug.Assert(_sendSequence == _imported.Send.SndMax, "what was sent ends at SND.MAX");
    }

    // Bit 0 would switch the kernel to microseconds; rounded up, because the clock must not run back.
    private static uint FirstTimestamp(long clockTicks) => unchecked((uint)(clockTicks / TimeSpan.TicksPerMillisecond) + 1) & ~1u;

    private void Connect()
    {
        _cookie = _repair.Cookie;
        // The acknowledgment of what is sent again opens BBR's window by one; the others' was not what limited the sender.
        var runsBbr = _hasCongestionAlgorithm && _imported.Congestion.Algorithm == Bbr.AlgorithmName;
        var opened = SentAgain && runsBbr ? 1 : 0;
        var window = (uint)Math.Max(1, Math.Round((double)_imported.Congestion.Cwnd / SegmentPayload) - opened);
        _hasThreshold = !runsBbr && _imported.Congestion.SsThresh is > 0 and < uint.MaxValue;
        var threshold = _hasThreshold ? Math.Max(window, _imported.Congestion.SsThresh / (uint)SegmentPayload) : 0;
        _cwndSeedError = _engine.Seed?.TryAdd(_cookie, window, threshold);
        _repair.Connect(_flow.Local, _flow.Remote);
    }

    // The kernel doubles it: room for the promised window and its overhead, whatever the system's default. It does not follow the
    // promise, which would grow with every move.
    private void SetBuffers()
    {
        _repair.SetReceiveBuffer(Math.Min(ReceiveBound / 4 * 3, int.MaxValue / 2));
        if (_imported.UnacknowledgedLength == 0) return;
        _repair.SetSendBuffer(2 * _imported.UnacknowledgedLength);
    }

    // Not before the bytes are in: on connecting the kernel may shrink a send buffer that is not locked.
    private void LetSendBufferGrow()
    {
        const int ReceiveBufferLocked = 2;
        if (Options.SendBuffer > 0) _repair.SetSendBuffer(Options.SendBuffer);
        else _repair.Set(SocketOption.LevelSocket, SocketOption.BufferLock, ReceiveBufferLocked);
    }

    // The right edge stays where it was announced. The clamp that is set after lets the kernel go on announcing as much at once.
    private void SetWindows()
    {
        var edge = _imported.Receive.RcvWup + _imported.Receive.RcvWnd;
        var update = SequenceNumber.Min(
            new SequenceNumber(_imported.Receive.RcvWup), new SequenceNumber(FirstReceiveSequence)).Value;
        _repair.Window = new RepairWindow
        {
            SndWl1 = _imported.Send.SndWl1,
            SndWnd = _imported.Send.SndWnd,
            MaxSndWnd = Math.Max(_imported.Send.MaxSndWnd, _imported.Send.SndWnd),
            RcvWnd = edge - update,
            RcvWup = update,
        };
    }

    /// <summary>
    /// What no socket option sets, the peer's segments tell: a segment made up here, written to the link and steered like any
    /// other, brings the peer's timestamp, its FIN, its data beyond a gap, or its acknowledgment. One from before the window
    /// draws the acknowledgment that is owed.
    /// </summary>
    private void Prime()
    {
        var flags = IsPeerFinished ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack;
        if (IsPeerFinished || _imported.Timestamps.HasTsRecent || IsRttPrimed || _imported.Identity.State is TcpState.FinWait2)
            SendAsPeer(FirstReceiveSequence, flags);
        for (var run = 0; run < _payload.OutOfOrder.Count; run++)
            SendAsPeer(_imported.Queues.OutOfOrderSequences[run], _payload.OutOfOrder[run]);
        if (!IsPeerFinished && (_imported.Pending.AckPending || _imported.Receive.LastAckSent != _imported.Receive.RcvNxt))
            SendAsPeer(FirstReceiveSequence - 1, TcpFlags.Ack);
    }

    private void SendAsPeer(uint sequence, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            var segment = SegmentOfPeer(sequence, TcpFlags.Ack);
            segment.Payload = new ReadOnlySequence<byte>(data[..Math.Min(data.Length, LargestSegment)]);
            segment.MaximumPayload = Math.Max(
                1, _imported.Negotiated.ReceiveMss - (_imported.Negotiated.Timestamps ? TimestampsLength : 0));
            _engine.Settings.Link.Send(segment);
            data = data[(int)segment.Payload.Length..];
            sequence += (uint)segment.Payload.Length;
        }
    }

    private void SendAsPeer(uint sequence, TcpFlags flags)
    {
        var segment = SegmentOfPeer(sequence, flags);
        var frame = FrameBuffer.Rent();
        var length = PacketWriter.WriteHeaders(frame.Bytes, segment, ChecksumMode.Full);
        _engine.Settings.Link.SendFrame(new LinkFrame(frame, 0, length, ChecksumVerified: false, SegmentSize: 0));
        frame.Release();
    }

    private OutboundSegment SegmentOfPeer(uint sequence, TcpFlags flags)
    {
        var segment = new OutboundSegment
        {
            Flow = _flow.Reversed,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(_imported.Send.SndUna),
            Flags = flags,
            Window = (ushort)Math.Min(_imported.Send.SndWnd >> _imported.Negotiated.SndWindScale, ushort.MaxValue),
            HopLimit = 64,
        };
        if (!_imported.Negotiated.Timestamps) return segment;
        segment.Options.HasTimestamps = true;
        segment.Options.TimestampValue = _imported.Timestamps.TsRecent;
        if (IsRttPrimed)
        {
            segment.Options.TimestampEcho =
                _repair.Timestamp - (uint)Math.Max(1, _imported.RoundTrip.SRttTicks / TimeSpan.TicksPerMillisecond);
        }

        return segment;
    }
}
