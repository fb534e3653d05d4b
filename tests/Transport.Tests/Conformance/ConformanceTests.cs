using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Arrivals;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>
/// RFC 9293 sections 3.10.7.3 and 3.10.7.4 with RFC 5961, RFC 7323 and RFC 1337: every kind of segment in every state at every
/// place against the window, over IPv4 and IPv6, and the same where the connection moves just before or just after the segment.
/// LISTEN and CLOSED have no connection: they are the host's, and their rows are in Actors.Tests/Connections/ConformanceTests.
/// </summary>
public sealed class ConformanceTests
{
    public static TheoryData<TcpState, ArrivalKind, ArrivalPosition, bool> Cells
    {
        get
        {
            var cells = new TheoryData<TcpState, ArrivalKind, ArrivalPosition, bool>();
            foreach (var cell in Cell.All) cells.Add(cell.State, cell.Kind, cell.Position, cell.IPv6);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Rfc(9293, "3.10.7")]
    public void A_segment_is_dealt_with_as_RFC_9293_says(TcpState state, ArrivalKind kind, ArrivalPosition position, bool ipv6)
    {
        var cell = new Cell(state, kind, position, ipv6);
        foreach (var (before, after) in ((bool, bool)[])[(false, false), (true, false), (false, true)])
        {
            var stage = new Stage(state, ipv6);
            var record = stage.Record;
            var segment = cell.Segment(record);
            var expected = SegmentArrives.At(record, segment);
            var seen = stage.Arrive(segment, before, after);
            var moved = before ? ", moved before it" : after ? ", moved after it" : "";
            Assert.True(seen == expected.Reaction, $"""
                {cell}{moved}
                  {expected.Rule}
                  expected {expected.Reaction}
                  seen     {seen}
                """);
        }
    }
}
