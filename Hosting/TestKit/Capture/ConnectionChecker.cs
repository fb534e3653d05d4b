using System.Globalization;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Capture;

/// <summary>Checks the segments of one connection in the order in which they were captured.</summary>
internal sealed class ConnectionChecker(WireCheckOptions options, TcpEndpoint client, TcpEndpoint server)
{
    private readonly WireSide _client = new("client", options.History);
    private readonly WireSide _server = new("server", options.History);
    private readonly WireTimeline _timeline = new();
    private readonly List<WireViolation> _violations = [];
    private long _violationCount;
    private (DateTimeOffset Time, long Number) _now;

    /// <summary>The client's segment is a SYN that begins another connection, with another initial sequence number.</summary>
    public bool IsNewConnection(in TcpSegment segment) =>
        (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn
        && _client.IsKnown && !_client.BeganWith(segment.Sequence);

    /// <param name="packet">The packet of the capture.</param>
    /// <param name="segment">Its segment.</param>
    /// <param name="captured">The bytes of the payload that the capture has.</param>
    /// <param name="sender">The sender of the packet.</param>
    /// <param name="fromServer">The server sent the segment.</param>
    public void Check(
        in CapturedPacket packet, in TcpSegment segment, ReadOnlySpan<byte> captured, WireSender sender, bool fromServer)
    {
        var (from, to) = fromServer ? (_server, _client) : (_client, _server);
        _now = (packet.Time, packet.Number);
        _timeline.OnPacket(packet, sender, fromServer);
        from.Figures.Packets++;
        if (segment.Has(TcpFlags.Rst))
        {
            Report(WireRule.NoReset, from, $"sends a RST with sequence number {segment.Sequence}");
            return;
        }

        var isFirst = !from.IsKnown;
        if (isFirst) from.Begin(segment);
        var isOld = options.IsPathLossy && !isFirst && IsOld(from, to, segment);
        CheckSequence(from, to, segment, captured, isFirst);
        if (segment.Has(TcpFlags.Ack) && to.IsKnown) CheckAcknowledgment(from, to, segment, isOld);
        CheckWindow(from, to, segment, isOld);
        CheckTimestamps(from, to, segment, isOld);
    }

    public WireReport Report()
    {
        WireViolation[] unfilled = options.IsPathLossy ? [.. Unfilled(_server), .. Unfilled(_client)] : [];
        return new WireReport(
            client, server, _client.Figures, _server.Figures, [.. _violations, .. unfilled], _violationCount + unfilled.Length,
            _timeline);
    }

    private IEnumerable<WireViolation> Unfilled(WireSide side) => side.Stream.Holes.Select(hole =>
        Violation(WireRule.NoGap, side, $"never sends {hole.End - hole.Start} bytes from {side.Place(hole.Start)} on"));

    private static bool IsOld(WireSide from, WireSide to, in TcpSegment segment) =>
        from.Position(segment.Sequence) < from.SentEnd
        || (segment.Has(TcpFlags.Ack) && to.IsKnown && to.Position(segment.Acknowledgment) < from.Acknowledged);

    private void CheckSequence(
        WireSide from, WireSide to, in TcpSegment segment, ReadOnlySpan<byte> captured, bool isFirst)
    {
        if (segment.Has(TcpFlags.Syn) && !isFirst) CheckRepeatedSyn(from, segment);
        var position = from.Position(segment.PayloadStart);
        var length = segment.Payload.Length;
        CheckGap(from, position, isEmpty: segment.Length == 0);
        if (length > 0 && to.RightEdge is { } edge && position + length > edge + 1)
        {
            Report(
                WireRule.WithinWindow, from,
                $"sends up to {from.Place(position + length)}, beyond the window that ends at {from.Place(edge)}");
        }

        if (length > 0 && from.Fin is { } end && position + length > end)
            Report(WireRule.SameBytes, from, $"sends a byte at {from.Place(end)}, where its FIN was");

        var arrival = from.Stream.Add(position, length, captured);
        from.Figures.Bytes += arrival.New + arrival.Filled;
        from.Figures.RetransmittedBytes += arrival.Repeated;
        from.Figures.UncheckedBytes += arrival.Unchecked;
        if (arrival.FirstDifference is { } different)
            Report(WireRule.SameBytes, from, $"sends another byte at {from.Place(different)} than before");
        var repeatsFin = segment.Has(TcpFlags.Fin) && CheckFin(from, position + length);
        if (arrival.Repeated > 0 || (repeatsFin && length == 0)) CountRetransmission(from);
        else if (arrival is { Filled: > 0, New: 0 }) from.Figures.LatePackets++;
    }

    private void CheckRepeatedSyn(WireSide from, in TcpSegment segment)
    {
        var sequence = segment.Sequence;
        if (from.BeganWith(sequence)) CountRetransmission(from);
        else Report(WireRule.SameBytes, from, $"sends a SYN with sequence number {sequence}; the first was {from.Place(0)}");
    }

    private void CheckGap(WireSide from, long position, bool isEmpty)
    {
        if (options.IsPathLossy || position <= Math.Max(from.SentEnd, from.Announced)) return;
        var what = isEmpty ? "sends nothing, but stands" : "sends";
        Report(
            WireRule.NoGap, from,
            $"{what} at {from.Place(position)}; {position - from.SentEnd} bytes from {from.Place(from.SentEnd)} on are missing");
        if (isEmpty) from.Announced = position;
    }

    /// <summary>The FIN was seen before.</summary>
    private bool CheckFin(WireSide from, long position)
    {
        if (from.Fin == position) return true;
        if (from.Fin is { } before)
            Report(WireRule.SameBytes, from, $"sends its FIN at {from.Place(position)}; it was at {from.Place(before)}");
        else if (position < from.Stream.End)
            Report(WireRule.SameBytes, from, $"sends its FIN at {from.Place(position)}, where it sent a byte before");
        else
            from.Fin = position;
        return false;
    }

    private void CountRetransmission(WireSide from)
    {
        from.Figures.Retransmissions++;
        _timeline.OnRetransmission(_now.Time, fromServer: from == _server);
    }

    private void CheckAcknowledgment(WireSide from, WireSide to, in TcpSegment segment, bool isOld)
    {
        var position = to.Position(segment.Acknowledgment);
        var highest = position;
        for (var i = 0; i < segment.Options.SackCount; i++)
            highest = Math.Max(highest, to.Position(segment.Options.Sack[i].Right));
        if (highest > to.SentEnd)
        {
            Report(
                WireRule.AcknowledgesSent, from,
                $"acknowledges up to {to.Place(highest)}; the {to.Name} has sent up to {to.Place(to.SentEnd)}");
        }

        if (position < from.Acknowledged && !isOld)
        {
            Report(
                WireRule.AcknowledgmentsMonotone, from,
                $"acknowledges up to {to.Place(position)}; before it was {to.Place(from.Acknowledged.Value)}");
        }

        var isDuplicate = segment.Length == 0 && position == from.Acknowledged && segment.Window == from.LastWindow
            && to.SentEnd > position;
        if (isDuplicate)
        {
            from.Figures.DuplicateAcks++;
            _timeline.OnDuplicateAck(_now.Time);
        }

        if (segment.HasDuplicateSack) from.Figures.DuplicateSacks++;
        from.Acknowledged = Math.Max(from.Acknowledged ?? position, position);
    }

    private void CheckWindow(WireSide from, WireSide to, in TcpSegment segment, bool isOld)
    {
        from.LastWindow = segment.Window;
        var isSyn = segment.Has(TcpFlags.Syn);
        if ((isSyn ? 0 : Scale(from, to)) is not { } scale) return;

        // The window of the first SYN begins with the first byte of the other side, whose sequence numbers are unknown yet.
        var hasAck = segment.Has(TcpFlags.Ack);
        if (hasAck ? !to.IsKnown : !isSyn) return;
        var edge = (hasAck ? to.Position(segment.Acknowledgment) : 1) + ((long)segment.Window << scale);
        if (edge < from.RightEdge && edge + (1 << scale) > from.RightEdge)
        {
            from.Figures.RoundedWindows++;
        }
        else if (edge < from.RightEdge && !isOld)
        {
            Report(
                WireRule.WindowNeverShrinks, from,
                $"moves the right edge of its window back by {from.RightEdge - edge} bytes to {to.Place(edge)}");
        }

        from.RightEdge = Math.Max(from.RightEdge ?? edge, edge);
    }

    private int? Scale(WireSide from, WireSide to)
    {
        if (from.HasSyn && to.HasSyn) return to.AnnouncedScale is null ? 0 : from.AnnouncedScale ?? 0;
        return from == _server ? options.ServerWindowScale : options.ClientWindowScale;
    }

    private void CheckTimestamps(WireSide from, WireSide to, in TcpSegment segment, bool isOld)
    {
        if (!segment.Options.HasTimestamps)
        {
            if (from.HasTimestamps && to.HasTimestamps)
                Report(WireRule.TimestampsPresent, from, $"sends no timestamps at {from.Place(from.Position(segment.Sequence))}");
            return;
        }

        var value = segment.Options.TimestampValue;
        if (from.Timestamp is { } last && unchecked((int)(value - last)) < 0)
        {
            if (!isOld) Report(WireRule.TimestampsMonotone, from, $"sends TSval {value}; before it was {last}");
        }
        else
        {
            from.Timestamp = value;
        }

        var echo = segment.Options.TimestampEcho;
        if (!segment.Has(TcpFlags.Ack)) return;
        if (echo == 0)
            from.Figures.EmptyEchoes++;
        else if (to.Timestamp is { } sent && unchecked((int)(echo - sent)) > 0)
            Report(WireRule.EchoKnown, from, $"sends TSecr {echo}; the {to.Name} has sent no TSval above {sent}");
    }

    private void Report(WireRule rule, WireSide from, string what)
    {
        if (_violationCount++ < options.MaximumViolations) _violations.Add(Violation(rule, from, what));
    }

    private WireViolation Violation(WireRule rule, WireSide from, string what)
    {
        var seconds = (_now.Time - _timeline.Start).TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);
        return new WireViolation(
            rule, _now.Time, _now.Number, $"Packet {_now.Number} at {seconds} s: the {from.Name} {what}.");
    }
}
