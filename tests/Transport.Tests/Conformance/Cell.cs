using ActorStack.Tests.Common.Arrivals;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>One case of the matrix.</summary>
public sealed record Cell(TcpState State, ArrivalKind Kind, ArrivalPosition Position, bool IPv6)
{
    /// <summary>Every case there is. All timestamps are newer where they are not stale.</summary>
    public static IEnumerable<Cell> All =>
        from state in Enum.GetValues<TcpState>()
        where state is not TcpState.Closed
        from kind in Enum.GetValues<ArrivalKind>()
        where kind is not ArrivalKind.FreshData
        from position in Enum.GetValues<ArrivalPosition>()
        where ArrivalSegment.CanBeAt(kind, position)
        from ipv6 in (bool[])[false, true]
        select new Cell(state, kind, position, ipv6);

    /// <summary>The segment against a connection in the state of <paramref name="before"/>.</summary>
    public TcpSegment Segment(TcpConnectionState before)
    {
        var segment = new TcpSegment
        {
            Flags = ArrivalSegment.FlagsOf(Kind),
            Window = 8_000,
            Payload = new byte[ArrivalSegment.TextOf(Kind)],
            UrgentPointer = (ushort)(Kind is ArrivalKind.Urgent ? 10 : 0),
            Options = new TcpOptions { HasTimestamps = true, TimestampValue = ArrivalSegment.IsStale(Kind) ? 1_000u : 3_000u },
        };
        segment.Sequence = Place(before, segment.Length);
        if (segment.Has(TcpFlags.Ack)) segment.Acknowledgment = AcknowledgmentOf(before);
        return segment;
    }

    public override string ToString() => $"{State}, {Kind}, {Position}, {(IPv6 ? "IPv6" : "IPv4")}";

    private SequenceNumber Place(TcpConnectionState before, int length)
    {
        var left = new SequenceNumber(before.Receive.RcvNxt);
        var right = new SequenceNumber(before.Receive.RcvWup) + before.Receive.RcvWnd;
        return Position switch
        {
            ArrivalPosition.LeftEdge => left,
            ArrivalPosition.RightEdge => right - Math.Max(1, length),
            ArrivalPosition.OutsideLeft => left - Math.Max(1, length),
            ArrivalPosition.OutsideRight => right + 1,
            ArrivalPosition.StraddlingLeft => left - ArrivalSegment.TextLength / 2,
            _ => right - ArrivalSegment.TextLength / 2,
        };
    }

    private SequenceNumber AcknowledgmentOf(TcpConnectionState before) => Kind switch
    {
        ArrivalKind.AckNew or ArrivalKind.SynAck => new SequenceNumber(before.Send.SndMax),
        ArrivalKind.AckOld => new SequenceNumber(before.Send.SndUna) - 1,
        ArrivalKind.AckFuture => new SequenceNumber(before.Send.SndMax) + 1,
        _ when before.Identity.State is TcpState.SynSent or TcpState.SynReceived && Kind is not ArrivalKind.AckDuplicate =>
            new SequenceNumber(before.Send.SndMax),
        _ => new SequenceNumber(before.Send.SndUna),
    };
}
