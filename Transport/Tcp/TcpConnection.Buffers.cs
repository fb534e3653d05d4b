using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>The limits of the two queues: they follow the use that the connection makes of them.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Segments that a round trip brings at the start (RFC 6928).</summary>
    private const int InitialSegments = 10;

    /// <summary>Bytes that the peer may send now, as it was told: the window never shrinks.</summary>
    public int ReceiveWindow => _rcv.Window;

    /// <summary>The time at which the peer's latest payload arrived.</summary>
    public TimeSpan PayloadArrivedAt => _tally.PayloadArrivedAt;

    /// <summary>
    /// The window opens no further, whatever the application reads: before a move, so that the peer has nothing in flight that
    /// waits for an acknowledgment while the connection stands still.
    /// </summary>
    public bool IsWindowHeld { get; set; }

    /// <summary>The peer cannot send a full segment before the window opens (RFC 9293 section 3.8.6.2.1).</summary>
    public bool IsWindowUsed => _rcv.Window < _negotiated.ReceiveMss;

    /// <summary>Bytes that the application has read.</summary>
    private long ReadThrough => _tally.BytesReceived - _receive.Unread;

    private long ReceiveBound =>
        _options.ReceiveBuffer > 0 ? Math.Min(_options.ReceiveBuffer, _receive.Capacity) : _receive.Capacity;

    /// <summary>
    /// How far the application may be ahead: by a window in flight, by one more to send meanwhile, and by what waits beyond gaps,
    /// or a gap would keep the window from being used; less where the application asked for less.
    /// </summary>
    private void LimitSending()
    {
        var limit = 2L * _congestion.Window + Math.Max(0, _snd.Outstanding - InFlight);
        if (_options.SendBuffer > 0) limit = Math.Min(limit, _options.SendBuffer);
        if (_options.NotSentLowWater > 0) limit = Math.Min(limit, _snd.Outstanding + _options.NotSentLowWater);
        _send.Limit = limit;
    }

    /// <summary>Acknowledged payload makes room for the application.</summary>
    private void ReleaseAcknowledged(int count)
    {
        LimitSending();
        _send.Acknowledge(count);
    }

    private void MeasureReceiveRoundTrip(in TcpSegment segment, TimeSpan now)
    {
        if (!_negotiated.Timestamps)
            _tuning.OnReceived(_rcv.Nxt, _rcv.Window, now);
        else if (segment.Options.HasTimestamps)
            _tuning.OnEcho(segment.Options.TimestampEcho, _timestamps.AgeOf(segment.Options.TimestampEcho, now));
    }

    private void TuneReceiveWindow(TimeSpan now)
    {
        var window = _tuning.OnRead(ReadThrough, ReceiveBound, _negotiated.ReceiveMss, now);
        if (window > _receive.Limit) _receive.Raise(Math.Min(window, ReceiveBound));
    }

    private BuffersSection ExportBuffers() => new()
    {
        SendLimit = _send.Limit,
        ReceiveCapacity = (uint)_receive.Capacity,
        ReceiveLimit = (uint)_receive.Limit,
    };

    private void RestoreBuffers(BuffersSection section)
    {
        _send.Limit = section.SendLimit;
        _receive.Raise(section.ReceiveLimit > 0 ? section.ReceiveLimit : section.ReceiveCapacity);
    }
}
