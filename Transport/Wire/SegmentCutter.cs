namespace ActorStack.Transport.Wire;

/// <summary>
/// Segmentation in software: cuts one <see cref="OutboundSegment"/> into wire segments of at most its <see
/// cref="OutboundSegment.MaximumPayload"/>, as a device with segmentation offload does. A segment that fits, or names no maximum,
/// comes out as it is.
/// </summary>
public struct SegmentCutter
{
    private readonly OutboundSegment _whole;
    private long _cut;
    private bool _finished;

    /// <summary>Begins with the first wire segment of <paramref name="segment"/>.</summary>
    public SegmentCutter(in OutboundSegment segment) => _whole = segment;

    /// <summary>The next wire segment, in sequence; false when all have been given.</summary>
    public bool TryNext(out OutboundSegment segment)
    {
        segment = _whole;
        if (_finished) return false;

        var length = _whole.Payload.Length - _cut;
        _finished = _whole.MaximumPayload == 0 || length <= _whole.MaximumPayload;
        if (!_finished) length = _whole.MaximumPayload;

        segment.Payload = _whole.Payload.Slice(_cut, length);
        segment.Sequence = _whole.Sequence + (uint)(_cut + (_cut > 0 && _whole.Has(TcpFlags.Syn) ? 1 : 0));
        segment.Flags = FlagsOf(isFirst: _cut == 0, isLast: _finished);
        if (_whole.Has(TcpFlags.Urg)) CutUrgent(ref segment);
        _cut += length;
        return true;
    }

    private readonly TcpFlags FlagsOf(bool isFirst, bool isLast)
    {
        var flags = _whole.Flags;
        if (!isFirst) flags &= ~(TcpFlags.Cwr | TcpFlags.Syn);
        if (!isLast) flags &= ~(TcpFlags.Psh | TcpFlags.Fin);
        return flags;
    }

    /// <summary>The pointer counts from the segment's own sequence number (RFC 9293 section 3.8.5).</summary>
    private readonly void CutUrgent(ref OutboundSegment segment)
    {
        var left = _whole.UrgentPointer - (segment.Sequence - _whole.Sequence);
        segment.UrgentPointer = (ushort)Math.Max(left, 0);
        if (left <= 0) segment.Flags &= ~TcpFlags.Urg;
    }
}
