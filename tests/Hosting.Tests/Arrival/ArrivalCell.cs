using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>One case: a segment in a state.</summary>
public sealed record ArrivalCell(ArrivalState State, ArrivalKind Kind, ArrivalPosition Position, bool IPv6)
{
    public const int TextLength = 100;

    /// <summary>Every case there is: without a connection there is no window, and what takes no sequence number cannot straddle an edge.</summary>
    public static IReadOnlyList<ArrivalCell> All { get; } =
    [
        .. from state in Enum.GetValues<ArrivalState>()
           from kind in Enum.GetValues<ArrivalKind>()
           from position in Enum.GetValues<ArrivalPosition>()
           where position == ArrivalPosition.LeftEdge || state > ArrivalState.Listen
           where kind < ArrivalKind.StaleData || state > ArrivalState.Listen
           where position < ArrivalPosition.StraddlingLeft || TextOf(kind) > 0
           from ipv6 in (bool[])[false, true]
           select new ArrivalCell(state, kind, position, ipv6),
    ];

    public TcpFlags Flags => Kind switch
    {
        ArrivalKind.Syn or ArrivalKind.StaleSyn => TcpFlags.Syn,
        ArrivalKind.SynAck => TcpFlags.Syn | TcpFlags.Ack,
        ArrivalKind.SynFin => TcpFlags.Syn | TcpFlags.Fin,
        ArrivalKind.DataFin or ArrivalKind.Fin => TcpFlags.Fin | TcpFlags.Ack,
        ArrivalKind.Rst or ArrivalKind.StaleRst => TcpFlags.Rst,
        ArrivalKind.RstAck => TcpFlags.Rst | TcpFlags.Ack,
        ArrivalKind.Urgent => TcpFlags.Urg | TcpFlags.Ack,
        ArrivalKind.NoFlags => TcpFlags.None,
        _ => TcpFlags.Ack,
    };

    public int Text => TextOf(Kind);

    public bool HasTimestamps => Kind >= ArrivalKind.StaleData;

    /// <summary>What the segment's timestamp is beyond the one before.</summary>
    public int Age => Kind is ArrivalKind.FreshData ? 1 : -1_000;

    /// <summary>SEG.LEN.</summary>
    public int Length => Text + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public override string ToString() => $"{State}, {Kind}, {Position}, {(IPv6 ? "IPv6" : "IPv4")}";

    private static int TextOf(ArrivalKind kind) =>
        kind is ArrivalKind.Data or ArrivalKind.DataFin or ArrivalKind.Urgent or ArrivalKind.NoFlags or ArrivalKind.StaleData or ArrivalKind.FreshData
            ? TextLength : 0;
}
