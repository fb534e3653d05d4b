using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>One case of the matrix.</summary>
public sealed record Cell(TcpState State, Arrival Arrival, Position Position, bool IPv6)
{
    private const int TextLength = 100;

    /// <summary>Every case there is: what takes no sequence number cannot straddle an edge.</summary>
    public static IEnumerable<Cell> All =>
        from state in Enum.GetValues<TcpState>()
        where state is not TcpState.Closed
        from arrival in Enum.GetValues<Arrival>()
        from position in Enum.GetValues<Position>()
        where position < Position.StraddlingLeft || TextOf(arrival) > 0
        from ipv6 in (bool[])[false, true]
        select new Cell(state, arrival, position, ipv6);

    /// <summary>The segment against a connection in the state of <paramref name="before"/>.</summary>
    public TcpSegment Segment(TcpConnectionState before)
    {
        var segment = new TcpSegment
        {
            Flags = FlagsOf(Arrival),
            Window = 8_000,
            Payload = new byte[TextOf(Arrival)],
            UrgentPointer = (ushort)(Arrival is Arrival.Urgent ? 10 : 0),
            Options = new TcpOptions { HasTimestamps = true, TimestampValue = Arrival is Arrival.StaleTimestamp or Arrival.StaleRst ? 1_000u : 3_000u },
        };
        segment.Sequence = Place(before, segment.Length);
        if (segment.Has(TcpFlags.Ack)) segment.Acknowledgment = AcknowledgmentOf(before);
        return segment;
    }

    public override string ToString() => $"{State}, {Arrival}, {Position}, {(IPv6 ? "IPv6" : "IPv4")}";

    private static int TextOf(Arrival arrival) =>
        arrival is Arrival.Data or Arrival.DataFin or Arrival.Urgent or Arrival.NoFlags or Arrival.StaleTimestamp ? TextLength : 0;

    private static TcpFlags FlagsOf(Arrival arrival) => arrival switch
    {
        Arrival.Syn => TcpFlags.Syn,
        Arrival.SynAck => TcpFlags.Syn | TcpFlags.Ack,
        Arrival.DataFin or Arrival.Fin => TcpFlags.Fin | TcpFlags.Ack,
        Arrival.Rst or Arrival.StaleRst => TcpFlags.Rst,
        Arrival.RstAck => TcpFlags.Rst | TcpFlags.Ack,
        Arrival.Urgent => TcpFlags.Urg | TcpFlags.Ack,
        Arrival.NoFlags => TcpFlags.None,
        _ => TcpFlags.Ack,
    };

    private SequenceNumber Place(TcpConnectionState before, int length)
    {
        var left = new SequenceNumber(before.RcvNxt);
        var right = new SequenceNumber(before.RcvWup) + before.RcvWnd;
        return Position switch
        {
            Position.LeftEdge => left,
            Position.RightEdge => right - Math.Max(1, length),
            Position.OutsideLeft => left - Math.Max(1, length),
            Position.OutsideRight => right + 1,
            Position.StraddlingLeft => left - TextLength / 2,
            _ => right - TextLength / 2,
        };
    }

    private SequenceNumber AcknowledgmentOf(TcpConnectionState before) => Arrival switch
    {
        Arrival.AckNew or Arrival.SynAck => new SequenceNumber(before.SndMax),
        Arrival.AckOld => new SequenceNumber(before.SndUna) - 1,
        Arrival.AckFuture => new SequenceNumber(before.SndMax) + 1,
        _ when before.State is TcpState.SynSent or TcpState.SynReceived && Arrival is not Arrival.AckDuplicate => new SequenceNumber(before.SndMax),
        _ => new SequenceNumber(before.SndUna),
    };
}
