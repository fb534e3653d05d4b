using static ActorStack.Hosting.Tests.Arrival.ArrivalState;
using static ActorStack.Tests.Common.Arrivals.ArrivalKind;
using static ActorStack.Tests.Common.Arrivals.ArrivalPosition;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>Where the stack answers otherwise than Linux: always as the RFC's sentence says.</summary>
/// <param name="Sentence">The RFC's words.</param>
/// <param name="Holds">The cases.</param>
/// <param name="Linux">How Linux's answer begins; empty: it has none.</param>
/// <param name="Stack">How the stack's begins.</param>
internal sealed record AllowedDifference(string Sentence, Func<ArrivalCell, bool> Holds, string Linux, string Stack)
{
    private static readonly AllowedDifference[] All =
    [
        new("""
            RFC 9293 3.10.7.4 fourth: "If the connection is in the SYN-RECEIVED state and [...] was initiated with a passive
            OPEN, then return this connection to the LISTEN state and return." Linux sends a reset.
            """,
            cell => cell is { State: SynReceived, Kind: Syn or SynAck or SynFin, Position: LeftEdge or RightEdge },
            Linux: "<SEQ=", Stack: ""),
        new("""
            RFC 9293 3.10.7.4 first, before the ACK is looked at: "If an incoming segment is not acceptable, an acknowledgment
            should be sent in reply". Linux looks at the ACK first and sends a reset.
            """,
            cell =>
                cell is { State: SynReceived, Kind: AckDuplicate or AckOld or AckFuture, Position: OutsideLeft or OutsideRight },
            Linux: "<SEQ=", Stack: "<SEQ=1><ACK=1><CTL=Ack>"),
        new("""
            RFC 5961 5.2: "The ACK value is considered acceptable only if it is in the range of ((SND.UNA - MAX.SND.WND) <=
            SEG.ACK <= SND.NXT)." Linux takes no more below SND.UNA than was acknowledged so far.
            """,
            cell => cell is { Kind: AckOld, Position: LeftEdge or RightEdge }, Linux: "<SEQ=", Stack: ""),
        new("""
            RFC 9293 3.10.7.4 first: "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless
            the RST bit is set)". Linux drops what has none of ACK, RST and SYN before it looks at the sequence number.
            """,
            cell => cell is { Kind: NoFlags, Position: OutsideLeft or OutsideRight }, Linux: "", Stack: "<SEQ="),
        new("""
            RFC 9293 3.10.7.4 seventh, in CLOSE-WAIT, CLOSING, LAST-ACK: "This should not occur since a FIN has been received
            from the remote side. Ignore the segment text." Linux sends a reset.
            """,
            cell => cell is { State: CloseWait or Closing or LastAck, Kind: Data or DataFin or Urgent or FreshData,
                Position: StraddlingLeft },
            Linux: "<SEQ=1><CTL=Rst>", Stack: ""),
        new("""
            RFC 7323 5.2: "When an <RST> segment is received, it MUST NOT be subjected to the PAWS check". Linux drops it so in
            SYN-RECEIVED.
            """,
            cell => cell is { State: SynReceived, Kind: StaleRst, Position: RightEdge }, Linux: "",
            Stack: "<SEQ=1><ACK=1><CTL=Ack>"),
        new("""
            RFC 7323 5.3 R1: "If [...] SEG.TSval < TS.Recent [...] then treat the arriving segment as not acceptable: Send an
            acknowledgment in reply". Linux drops a bare ACK from below the window.
            """,
            cell => cell is { Kind: StaleAck, Position: OutsideLeft }, Linux: "", Stack: "<SEQ="),
        new("""
            RFC 5961 4.2: "If the SYN bit is set, irrespective of the sequence number, TCP MUST send an ACK". Linux, in
            TIME-WAIT, takes a SYN,FIN for a new connection and then drops it for its FIN.
            """,
            cell => cell is { State: TimeWait, Kind: SynFin, Position: RightEdge or OutsideRight }, Linux: "",
            Stack: "<SEQ=2><ACK=3><CTL=Ack>"),
        new("""
            RFC 9293 3.10.7.4 asks for an acknowledgment of what is not acceptable and of a retransmission of the remote FIN; of
            text in TIME-WAIT it says "Ignore the segment text." Linux acknowledges whatever is not a bare ACK at RCV.NXT.
            """,
            cell => cell is { State: TimeWait, Position: LeftEdge or RightEdge or StraddlingLeft or StraddlingRight },
            Linux: "<SEQ=2><ACK=3><CTL=Ack>", Stack: ""),
    ];

    public static bool IsAllowed(ArrivalCell cell, string linux, string stack) =>
        linux == stack || All.Any(allowed => allowed.Holds(cell) && Begins(linux, allowed.Linux) && Begins(stack, allowed.Stack));

    /// <summary>Every entry is met by some case: what is no longer a difference is not allowed any more.</summary>
    public static IEnumerable<string> Unmet(IReadOnlyCollection<(ArrivalCell Cell, string Linux, string Stack)> seen) =>
        All.Where(allowed => !seen.Any(one => one.Linux != one.Stack && allowed.Holds(one.Cell)))
            .Select(allowed => allowed.Sentence);

    private static bool Begins(string answer, string beginning) =>
        beginning.Length == 0 ? answer.Length == 0 : answer.StartsWith(beginning, StringComparison.Ordinal);
}
