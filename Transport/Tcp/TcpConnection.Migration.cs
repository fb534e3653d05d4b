using System.Buffers;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Receiving;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// To the record and back: each component exports its section, and restores itself from it. Nothing of the connection is drawn
/// anew on import.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Continues where a record stops. Payload of the image is the caller's to put into the queues first: its send range at the
    /// front of <paramref name="send"/>, its undelivered range in <paramref name="receive"/>. The connection is silent until its
    /// next input; call <see cref="Resume"/> to let it announce its window at once.
    /// </summary>
    public static TcpConnection Import(
        ConnectionImage image, TcpSettings settings, ISendQueue send, IReceiveQueue receive, TimeSpan now)
    {
        var identity = image.State.Identity;
        var local = new TcpEndpoint(IpAddress.Read(identity.LocalAddress), identity.LocalPort);
        var remote = new TcpEndpoint(IpAddress.Read(identity.RemoteAddress), identity.RemotePort);
        var flow = new FlowKey(local, remote);
        var connection = new TcpConnection(flow, settings, send, receive, identity.IsPassive) { State = identity.State };
        connection.Restore(image.State, now);
        connection.RestoreReceiving(image, now);
        connection.RestoreRecovery(image.State, now);
        return connection;
    }

    /// <summary>
    /// Query: the whole state as a record; take the events first, they stay here. Changes nothing: after a refused migration this
    /// object continues.
    /// </summary>
    public TcpConnectionState Export(ExportScope scope, TimeSpan now) => new()
    {
        Identity = ExportIdentity(),
        Negotiated = _negotiated.Export(),
        Send = _snd.Export(_send.IsCompleted),
        Receive = _rcv.Export(),
        Queues = ExportQueues(scope),
        Pending = _pending.Export(),
        Timers = _timers.Export(now),
        Acknowledging = _acknowledging.Export(_reassembly.ExportRecent()),
        Retransmission = _retransmission.Export(now),
        RoundTrip = _rtt.Export(_timestamps.Clock),
        Timestamps = _timestamps.Export(now),
        Liveness = _liveness.Export(now),
        Ecn = _ecn.Export(),
        FastOpen = _fastOpen.Export(),
        Congestion = _windowUse.Export(CongestionControls.Export(_congestion, now)),
        Pacing = _pacer.Export(now),
        Recovery = _recovery.Export(),
        Scoreboard = _scoreboard.Export(_timestamps.Clock, withRuns: scope is not ExportScope.Bare),
        DeliveryRate = _rate.Export(_timestamps.Clock),
        Rack = _rack.Export(_timestamps.Clock),
        TailLossProbe = _probe.Export(),
        RateReduction = _reduction.Export(),
        Undo = _forwardRto.Export(_undo.Export(_timestamps.Clock)),
        Path = _path.Export(now),
        Options = _options.Export(),
        Buffers = ExportBuffers(),
        ReceiveTuning = _tuning.Export(ReadThrough, now),
        Statistics = _tally.Export(now),
    };

    /// <summary>Query: the record and a copy of the payload that it names.</summary>
    public ConnectionImage Capture(ExportScope scope, TimeSpan now)
    {
        var state = Export(scope, now);
        return new ConnectionImage(state, CopyPayload(state.Queues));
    }

    /// <summary>
    /// Query: the record and the payload that it names, which is not copied: its bytes are those of the queues, and change with
    /// the next input.
    /// </summary>
    public ConnectionImage View(ExportScope scope, TimeSpan now)
    {
        var state = Export(scope, now);
        return new ConnectionImage(
            state, new ConnectionPayload { Send = ViewSend(state.Queues.SendLength), OutOfOrder = CopyOutOfOrder(state.Queues) });
    }

    /// <summary>
    /// Query: a copy of the payload that <paramref name="queues"/> names, as long as no input came since it was exported.
    /// </summary>
    public ConnectionPayload CopyPayload(QueuesSection queues) => new()
    {
        Send = new ReadOnlySequence<byte>(ViewSend(queues.SendLength).ToArray()),
        OutOfOrder = CopyOutOfOrder(queues),
    };

    private ReadOnlyMemory<byte>[] CopyOutOfOrder(QueuesSection queues) =>
        queues.OutOfOrderSequences.Length > 0 ? _reassembly.ExportPayload() : [];

    private void Restore(TcpConnectionState state, TimeSpan now)
    {
        _options = SocketOptions.From(state, _settings.Options);
        _path.Restore(state.Path, now);
        _negotiated.Restore(state.Negotiated, _settings.Mtu - HeaderLength);
        _timestamps.Restore(state.Timestamps, now);
        _ecn.Restore(state.Ecn);
        _fastOpen.Restore(state.FastOpen);
        _snd.Restore(state.Send, IsSynchronized);
        _pending.Restore(state.Pending);
        _timers.Restore(state.Timers, now);
        _retransmission.Restore(state.Retransmission, now);
        _rtt.Restore(state.RoundTrip, _timestamps.Clock, now);
        _liveness.Restore(state.Liveness, now);
        _congestion = CongestionControls.Restore(
            state.Congestion, _options.CongestionAlgorithm, SegmentPayload, state.Send.Iss, now);
        _windowUse.Restore(state.Congestion, _snd);
        _pacer.Restore(state.Pacing, now);
        _tally.Restore(state.Statistics, now);
    }

    private void RestoreReceiving(ConnectionImage image, TimeSpan now)
    {
        var state = image.State;
        _rcv.Restore(state.Receive);
        if (_rcv.FinReceived) _receive.Complete(); // the last owner may not have come to it
        _acknowledging.Restore(state.Acknowledging);
        _reassembly.Restore(state.Queues.OutOfOrderSequences, image.Payload.OutOfOrder, state.Acknowledging.OutOfOrderRecent);
        RestoreBuffers(state.Buffers);
        _tuning = new ReceiveWindowTuning(_rcv.Nxt, InitialSegments * _negotiated.ReceiveMss, now);
        _tuning.Restore(state.ReceiveTuning, ReadThrough, _rcv.Nxt, now);
    }

    private void RestoreRecovery(TcpConnectionState state, TimeSpan now)
    {
        var clock = _timestamps.Clock;
        _rate.Restore(state.DeliveryRate, clock);
        var isFlightKnown = _snd.IsAcknowledged || state.Scoreboard.RunSequences.Length > 0;
        if (isFlightKnown) _scoreboard.Restore(state.Scoreboard, _snd.Max, clock);
        else RestoreUnknownFlight(state.Scoreboard, now);
        _recovery.Restore(state.Recovery);
        _rack.Restore(state.Rack, clock);
        _probe.Restore(state.TailLossProbe);
        _reduction.Restore(state.RateReduction);
        _undo.Restore(state.Undo, clock);
        _forwardRto.Restore(state.Undo);
    }

    private void RestoreUnknownFlight(ScoreboardSection section, TimeSpan now)
    {
        var snapshot = _rate.OnSent(0, (int)_snd.Outstanding, 0, now);
        _scoreboard.RestoreUnknown(section, _snd.Una, _snd.Max, SegmentPayload, snapshot, now);
    }

    private IdentitySection ExportIdentity() => new()
    {
        LocalAddress = Bytes(_flow.Local.Address),
        LocalPort = _flow.Local.Port,
        RemoteAddress = Bytes(_flow.Remote.Address),
        RemotePort = _flow.Remote.Port,
        State = State,
        IsPassive = _isPassive,
    };

    private QueuesSection ExportQueues(ExportScope scope)
    {
        if (scope is ExportScope.Bare) return new QueuesSection();
        var sent = (int)Math.Clamp(_snd.Max - _snd.DataUna, 0, _send.Length);
        var (sequences, lengths) = _reassembly.ExportRanges();
        return new QueuesSection
        {
            SendLength = scope is ExportScope.Whole ? (int)_send.Length : Math.Max(sent, _send.Carried),
            OutOfOrderSequences = sequences,
            OutOfOrderLengths = lengths,
        };
    }

    private ReadOnlySequence<byte> ViewSend(int count)
    {
        var view = new SequenceBuilder();
        for (var seen = 0L; seen < count;)
        {
            var part = _send.Slice(seen, (int)(count - seen));
            view.Append(part);
            seen += part.Length;
        }

        return view.Build();
    }

    private static byte[] Bytes(IpAddress address)
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);
        return bytes;
    }
}
