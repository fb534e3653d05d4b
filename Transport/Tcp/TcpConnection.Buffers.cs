using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>How much the queues on both sides may hold: it follows what the connection makes use of.</summary>
public sealed partial class TcpConnection
{
    /// <summary>What a round trip brings at the start (RFC 6928).</summary>
    private const int InitialSegments = 10;

    private ReceiveWindowTuning _tuning;

    /// <summary>Bytes the application took of those that arrived.</summary>
    private long ReadThrough => _bytesReceived - _receive.Unread;

    /// <summary>What is acknowledged makes room for the application: for a window in flight, and for one more to send meanwhile.</summary>
    private void ReleaseAcknowledged(int count)
    {
        LimitSending();
        _send.Acknowledge(count);
    }

    private void MeasureReceiveRoundTrip(in TcpSegment segment, TimeSpan now)
    {
        if (!_timestamps)
            _tuning.OnReceived(_rcvNxt, _rcvAdv - _rcvNxt, now);
        else if (segment.Options.HasTimestamps)
            _tuning.OnEcho(segment.Options.TimestampEcho, TimeSpan.FromMilliseconds((int)(TimestampValue(now) - segment.Options.TimestampEcho)));
    }

    private void TuneReceiveWindow(TimeSpan now)
    {
        var window = _tuning.OnRead(ReadThrough, ReceiveBound, _receiveMss, now);
        if (window > _receive.Limit) _receive.Raise(Math.Min(window, ReceiveBound));
    }

    private BuffersSection ExportBuffers() => new()
    {
        SendLimit = _send.Limit,
        ReceiveCapacity = (uint)_receive.Capacity,
        ReceiveLimit = (uint)_receive.Limit,
    };

    private ReceiveTuningSection ExportTuning(TimeSpan now)
    {
        var (echo, roundBytes, roundTicks, windowEnd, windowTicks) = _tuning.Export(ReadThrough, now);
        return new ReceiveTuningSection
        {
            RttTicks = _tuning.RoundTrip.Ticks,
            FullestRound = _tuning.Fullest,
            RoundBytes = roundBytes,
            RoundTicks = roundTicks,
            RttEcho = echo,
            RttWindowEnd = windowEnd,
            RttWindowTicks = windowTicks,
        };
    }

    private void ImportTuning(TcpConnectionState state, TimeSpan now)
    {
        _send.Limit = state.Buffers.SendLimit;
        _receive.Raise(state.Buffers.ReceiveLimit > 0 ? state.Buffers.ReceiveLimit : state.Buffers.ReceiveCapacity);
        var tuning = state.ReceiveTuning;
        var isRoundKnown = tuning.RoundTicks >= 0;
        _tuning = ReceiveWindowTuning.Restore(
            TimeSpan.FromTicks(tuning.RttTicks), tuning.FullestRound > 0 ? tuning.FullestRound : InitialSegments * _receiveMss,
            tuning.RttEcho,
            isRoundKnown ? ReadThrough - tuning.RoundBytes : ReadThrough,
            isRoundKnown ? now - TimeSpan.FromTicks(tuning.RoundTicks) : now,
            isRoundKnown ? new SequenceNumber(tuning.RttWindowEnd) : _rcvNxt,
            isRoundKnown ? now - TimeSpan.FromTicks(tuning.RttWindowTicks) : now);
    }
}
