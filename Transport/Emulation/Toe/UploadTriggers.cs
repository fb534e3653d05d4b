using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// Watches one connection for traffic that the device handles badly (the reasons of NDIS TCP Chimney to upload).
/// </summary>
internal sealed class UploadTriggers(EmulatedToeOptions options, long segmentsSent, long retransmissions, TimeSpan now)
{
    private SequenceNumber? _expected;
    private long _received;
    private long _outOfOrder;
    private long _payload;
    private long _sentBefore = segmentsSent;
    private long _resentBefore = retransmissions;
    private TimeSpan _lastSegment = now;
    private TimeSpan? _closedSince;

    /// <summary>The connection took a segment. One that it refused is not counted: anybody may have forged it.</summary>
    public void OnSegment(in TcpSegment segment, TimeSpan now)
    {
        _received++;
        _payload += segment.Payload.Length;
        _lastSegment = now;
        if (segment.Payload.IsEmpty) return;
        if (_expected is { } expected && segment.Sequence != expected) _outOfOrder++;
        _expected = _expected is { } before ? SequenceNumber.Max(before, segment.End) : segment.End;
    }

    /// <summary>A bare acknowledgment does not count as activity: a forged segment can provoke it.</summary>
    public void OnSent(int payload, TimeSpan now)
    {
        if (payload == 0) return;
        _payload += payload;
        _lastSegment = now;
    }

    /// <summary>When time alone can trigger; null: it cannot.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            var idle = _lastSegment + options.LowActivity;
            var closed = _closedSince + options.NoBuffers;
            return idle is null || closed < idle ? closed ?? idle : idle;
        }
    }

    public (UploadReason Reason, string Detail)? Check(in ToeCounters counters, TcpEvents events, bool windowClosed, TimeSpan now)
    {
        _closedSince = windowClosed ? _closedSince ?? now : null;
        if ((events & TcpEvents.Urgent) != 0) return (UploadReason.ReceivedUrgentData, "the device has no urgent data");
        if (options.Timeouts <= counters.RetransmitCount)
            return (UploadReason.TimeoutExpiration, $"{counters.RetransmitCount} timeouts of the same data");
        if (_closedSince is { } since && now - since >= options.NoBuffers)
            return (UploadReason.NoBufferPreposting, $"no receive buffers for {(now - since).TotalSeconds:0.0} s");
        if (now - _lastSegment >= options.LowActivity)
            return (UploadReason.LowActivity, $"no segment for {(now - _lastSegment).TotalSeconds:0.0} s");
        return CheckSample(counters);
    }

    private (UploadReason Reason, string Detail)? CheckSample(in ToeCounters counters)
    {
        var sent = counters.SegmentsSent - _sentBefore;
        var total = sent + _received;
        if (total < options.SampleSegments) return null;
        var resent = (double)(counters.Retransmissions - _resentBefore);
        (UploadReason, string)? reason = null;
        if (sent > 0 && resent / sent >= options.HighDropRate)
            reason = (UploadReason.HighDropRate, $"{resent} of {sent} segments were resent");
        else if (_received > 0 && (double)_outOfOrder / _received >= options.HighOutOfOrderRate)
            reason = (UploadReason.HighOutOfOrderPackets, $"{_outOfOrder} of {_received} segments were not the next");
        else if (_payload / total <= options.SmallIO)
            reason = (UploadReason.SmallIO, $"{_payload / total} bytes of payload in the mean of {total} segments");

        _sentBefore = counters.SegmentsSent;
        _resentBefore = counters.Retransmissions;
        _received = _outOfOrder = _payload = 0;
        return reason;
    }
}
