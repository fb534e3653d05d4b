using ActorStack.Tests.Common.Arrivals;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>One case: a segment in a state.</summary>
public sealed record ArrivalCell(ArrivalState State, ArrivalKind Kind, ArrivalPosition Position, bool IPv6)
{
    /// <summary>Every case there is: without a connection there is no window.</summary>
    public static IReadOnlyList<ArrivalCell> All { get; } =
    [
        .. from state in Enum.GetValues<ArrivalState>()
           from kind in Enum.GetValues<ArrivalKind>()
           from position in Enum.GetValues<ArrivalPosition>()
           where position == ArrivalPosition.LeftEdge || state > ArrivalState.Listen
           where kind < ArrivalKind.StaleData || state > ArrivalState.Listen
           where ArrivalSegment.CanBeAt(kind, position)
           from ipv6 in (bool[])[false, true]
           select new ArrivalCell(state, kind, position, ipv6),
    ];

    public TcpFlags Flags => ArrivalSegment.FlagsOf(Kind);

    public int Text => ArrivalSegment.TextOf(Kind);

    public bool HasTimestamps => Kind >= ArrivalKind.StaleData;

    /// <summary>What the segment's timestamp is beyond the one before.</summary>
    public int Age => ArrivalSegment.IsStale(Kind) ? -1_000 : 1;

    /// <summary>SEG.LEN.</summary>
    public int Length => Text + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public override string ToString() => $"{State}, {Kind}, {Position}, {(IPv6 ? "IPv6" : "IPv4")}";
}
