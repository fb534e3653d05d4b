using System.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// One entry of the device's table: a TCP connection over the rings of its queue pair. Used under the pair's gate.
/// </summary>
internal sealed class DeviceConnection
{
    private readonly List<LinkFrame> _frames = [];
    private readonly UploadTriggers _triggers;
    private readonly TcpConnection _tcp;
    private readonly long _bytesBefore;
    private TimeSpan _steppedAt;

    private DeviceConnection(
        QueuePair pair, TcpConnection tcp, TcpConnectionState state, EmulatedToeOptions options, TimeSpan now)
    {
        Pair = pair;
        Pair.Statistics = () => tcp.Statistics(_steppedAt);
        _tcp = tcp;
        _steppedAt = now;
        ConnectionId = state.Identity.ConnectionId;
        Epoch = state.Identity.Epoch;
        _bytesBefore = state.Statistics.BytesReceived + state.Statistics.BytesSent;
        _triggers = new UploadTriggers(options, state.Statistics.SegmentsSent, state.Statistics.Retransmissions, now);
    }

    public QueuePair Pair { get; }

    public string ConnectionId { get; }

    public long Epoch { get; }

    public bool IsActive { get; set; }

    /// <summary>When it is queued for; the device's heap may hold a later, true deadline only after this one.</summary>
    public TimeSpan? QueuedFor { get; set; }

    /// <summary>Payload bytes moved both ways since the device took over.</summary>
    public long Bytes => _tcp.Info.BytesReceived + _tcp.Info.BytesSent - _bytesBefore;

    public bool IsClosed => _tcp.State is TcpState.Closed;

    public Exception? Error => _tcp.Error;

    public TimeSpan? NextDeadline =>
        _triggers.NextDeadline is { } trigger && !(_tcp.NextDeadline < trigger) ? trigger : _tcp.NextDeadline;

    /// <summary>
    /// The payload goes into the rings first, then the connection goes on from the record, silent until activated.
    /// </summary>
    public static DeviceConnection Create(
        QueuePair pair, ConnectionImage image, EmulatedToeOptions options, TcpSettings settings, TimeSpan now)
    {
        foreach (var part in image.Payload.Send) pair.Send.Post(part.Span);
        foreach (var part in image.Payload.Undelivered) pair.Receive.Write(part.Span);
        var tcp = TcpConnection.Import(image, settings, pair.Send, pair.Receive, now);
        return new DeviceConnection(pair, tcp, image.State, options, now);
    }

    /// <summary>Takes over the frame's buffer.</summary>
    public void Add(in LinkFrame frame) => _frames.Add(frame);

    public void Resume(TimeSpan now) => _tcp.Resume(now);

    /// <summary>
    /// All inputs since the last step, then all output, then the status block. Returns why it should leave, if it should.
    /// </summary>
    public (UploadReason Reason, string Detail)? Step(ILink link, TimeSpan now)
    {
        _steppedAt = now;
        foreach (var frame in _frames) Take(frame, now);
        DropFrames();
        _tcp.OnTimer(now);
        if (Pair.Options is { } options) _tcp.SetOptions(options, now);
        Pair.Options = null;
        if (Pair.HasPosted) _tcp.OnApplicationWrote(now);
        if (Pair.HasRead) _tcp.OnApplicationRead(now);
        Pair.HasPosted = Pair.HasRead = false;
        _tcp.OnBurstEnd(now);
        while (_tcp.TryTransmit(now, out var segment))
        {
            _triggers.OnSent((int)segment.Payload.Length, now);
            link.Send(segment);
        }

        Publish(now);
        var counters = new ToeCounters(Pair.Status.Statistics.SegmentsSent, Pair.Status.Statistics.Retransmissions,
            Pair.Status.Retransmission.RetransmitCount);
        var windowClosed = Pair.Receive.Unread >= Pair.Receive.Limit && _tcp.State is TcpState.Established;
        return _triggers.Check(counters, _tcp.TakeEvents(), windowClosed, now)
            ?? (_tcp.State is TcpState.TimeWait or TcpState.Closing
                ? (UploadReason.InvalidState, $"{_tcp.State} is the software stack's to wait for")
                : null);
    }

    public void Publish(TimeSpan now) =>
        Pair.Publish(_tcp.Export(ExportScope.Bare, now).OwnedBy(ConnectionId, Epoch), now);

    /// <summary>The whole connection, with all that is in the rings.</summary>
    public ConnectionImage Export(TimeSpan now)
    {
        var (state, payload) = _tcp.Capture(ExportScope.Whole, now);
        payload = payload with { Undelivered = new ReadOnlySequence<byte>(Pair.Receive.ToArray()) };
        state = state.OwnedBy(ConnectionId, Epoch) with
        {
            Queues = state.Queues with { UndeliveredLength = (int)payload.Undelivered.Length },
        };
        return new ConnectionImage(state, payload);
    }

    public void Release()
    {
        DropFrames();
        _tcp.Retire();
        Pair.Send.Release();
    }

    private void Take(in LinkFrame frame, TimeSpan now)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (IcmpReader.TryRead(packet, out var message)) _tcp.OnIcmp(message, now);
        if (packet.Kind != PacketKind.Tcp) return;
        if (_tcp.OnSegment(packet.Tcp, now)) _triggers.OnSegment(packet.Tcp, now);
    }

    private void DropFrames()
    {
        foreach (var frame in _frames) frame.Buffer.Release();
        _frames.Clear();
    }
}
