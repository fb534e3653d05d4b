using ActorStack.Transport.State;
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

    private TcpConnectionState ExportTuning(TcpConnectionState state, TimeSpan now)
    {
        var (echo, roundBytes, roundTicks, windowEnd, windowTicks) = _tuning.Export(ReadThrough, now);
        return state with
        {
            SendLimit = _send.Limit,
            ReceiveCapacity = (uint)_receive.Capacity,
            ReceiveLimit = (uint)_receive.Limit,
            ReceiveRttTicks = _tuning.RoundTrip.Ticks,
            ReceiveFullestRound = _tuning.Fullest,
            ReceiveRoundBytes = roundBytes,
            ReceiveRoundTicks = roundTicks,
            ReceiveRttEcho = echo,
            ReceiveRttWindowEnd = windowEnd,
            ReceiveRttWindowTicks = windowTicks,
        };
    }

    private void ImportTuning(TcpConnectionState state, TimeSpan now)
    {
        _send.Limit = state.SendLimit;
        _receive.Raise(state.ReceiveLimit > 0 ? state.ReceiveLimit : state.ReceiveCapacity);
        var isRoundKnown = state.ReceiveRoundTicks >= 0;
        _tuning = ReceiveWindowTuning.Restore(
            TimeSpan.FromTicks(state.ReceiveRttTicks), state.ReceiveFullestRound > 0 ? state.ReceiveFullestRound : InitialSegments * _receiveMss,
            state.ReceiveRttEcho,
            isRoundKnown ? ReadThrough - state.ReceiveRoundBytes : ReadThrough,
            isRoundKnown ? now - TimeSpan.FromTicks(state.ReceiveRoundTicks) : now,
            isRoundKnown ? new SequenceNumber(state.ReceiveRttWindowEnd) : _rcvNxt,
            isRoundKnown ? now - TimeSpan.FromTicks(state.ReceiveRttWindowTicks) : now);
    }
}
