using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Tcp;

/// <summary>What is on its way between two connections, in the order sent. It loses nothing by itself.</summary>
internal sealed class HostileWire
{
    /// <summary>Segments beyond are dropped.</summary>
    private const int Capacity = 600;

    private readonly List<(bool ToServer, TcpSegment Segment)> _segments = [];

    public int Count => _segments.Count;

    /// <summary>Cuts what a connection sent as a link does.</summary>
    public void Send(bool toServer, IEnumerable<OutboundSegment> output)
    {
        foreach (var segment in output)
        {
            var cutter = new SegmentCutter(segment);
            while (_segments.Count < Capacity && cutter.TryNext(out var part)) _segments.Add((toServer, Arriving(part)));
        }
    }

    public (bool ToServer, TcpSegment Segment) Take(int index)
    {
        var taken = _segments[index];
        _segments.RemoveAt(index);
        return taken;
    }

    public (bool ToServer, TcpSegment Segment) Peek(int index) => _segments[index];

    public void Mark(int index)
    {
        var (toServer, segment) = _segments[index];
        if (segment.Ecn is EcnCodepoint.Ect0) segment.Ecn = EcnCodepoint.CongestionExperienced;
        _segments[index] = (toServer, segment);
    }

    /// <summary>Puts a segment and the one that follows on it together, as receive offload does.</summary>
    public void Merge(int index, Pattern text, SequenceNumber origin)
    {
        var (toServer, first) = _segments[index];
        var follower = _segments.FindIndex(
            entry => entry.ToServer == toServer && entry.Segment.Sequence == first.End && !entry.Segment.Payload.IsEmpty);
        if (first.Payload.IsEmpty || follower < 0 || first.Has(TcpFlags.Syn)
            || first.Payload.Length + _segments[follower].Segment.Payload.Length > 60_000)
        {
            return;
        }

        var second = _segments[follower].Segment;
        var merged = second with
        {
            Sequence = first.Sequence,
            SegmentSize = (ushort)first.Payload.Length,
            Payload = text.Slice(first.Sequence - origin, first.Payload.Length + second.Payload.Length),
        };
        _segments[index] = (toServer, merged);
        _segments.RemoveAt(follower);
    }

    private static TcpSegment Arriving(in OutboundSegment part) => new()
    {
        Sequence = part.Sequence,
        Acknowledgment = part.Acknowledgment,
        Flags = part.Flags,
        Ecn = (EcnCodepoint)(part.TrafficClass & 3),
        Window = part.Window,
        Options = part.Options,
        Payload = part.Payload.First,
    };
}
