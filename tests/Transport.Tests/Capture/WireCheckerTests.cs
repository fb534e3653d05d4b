using ActorStack.TestKit.Capture;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Capture;

/// <summary>Each rule with captures that keep to it and captures that break it alone.</summary>
public sealed class WireCheckerTests
{
    /// <summary>Each case breaks one rule; its sentence says where.</summary>
    public static TheoryData<string, WireRule, string> Violations => new()
    {
        {
            "RST of the server", WireRule.NoReset,
            $"Packet 6 at 0.005000 s: the server sends a RST with sequence number {unchecked(WireScript.ServerIss + 1001)}."
        },
        { "RST of the client", WireRule.NoReset, "Packet 6 at 0.005000 s: the client sends a RST with sequence number 1000001." },
        {
            "gap", WireRule.NoGap,
            "Packet 6 at 0.005000 s: the server sends at 0 (relative 1501); "
            + "500 bytes from 4294966796 (relative 1001) on are missing."
        },
        {
            "pure ACK beyond what was sent", WireRule.NoGap,
            "Packet 6 at 0.005000 s: the server sends nothing, but stands at 0 (relative 1501); "
            + "500 bytes from 4294966796 (relative 1001) on are missing."
        },
        {
            "other byte", WireRule.SameBytes,
            "Packet 6 at 0.005000 s: the server sends another byte at 4294966595 (relative 800) than before."
        },
        {
            "other byte of the client", WireRule.SameBytes,
            "Packet 7 at 0.006000 s: the client sends another byte at 1000012 (relative 12) than before."
        },
        {
            "other SYN", WireRule.SameBytes,
            "Packet 6 at 0.005000 s: the server sends a SYN with sequence number 4294960796; "
            + "the first was 4294965795 (relative 0)."
        },
        {
            "byte after the FIN", WireRule.SameBytes,
            "Packet 7 at 0.006000 s: the server sends a byte at 4294966796 (relative 1001), where its FIN was."
        },
        {
            "FIN before the end", WireRule.SameBytes,
            "Packet 6 at 0.005000 s: the server sends its FIN at 4294966695 (relative 900), where it sent a byte before."
        },
        {
            "other FIN", WireRule.SameBytes,
            "Packet 7 at 0.006000 s: the server sends its FIN at 4294966695 (relative 900); it was at 4294966796 (relative 1001)."
        },
        {
            "window of the server shrinks", WireRule.WindowNeverShrinks,
            "Packet 6 at 0.005000 s: the server moves the right edge of its window back by 128 bytes to 1063873 (relative 63873)."
        },
        {
            "window of the client shrinks", WireRule.WindowNeverShrinks,
            "Packet 6 at 0.005000 s: the client moves the right edge of its window back by 8 bytes to 59492 (relative 60993)."
        },
        {
            "beyond the window", WireRule.WithinWindow,
            "Packet 6 at 0.005000 s: the server sends up to 59502 (relative 61003), "
            + "beyond the window that ends at 59500 (relative 61001)."
        },
        {
            "TSval of the server", WireRule.TimestampsMonotone,
            "Packet 6 at 0.005000 s: the server sends TSval 69999; before it was 70000."
        },
        {
            "TSval of the client", WireRule.TimestampsMonotone,
            "Packet 6 at 0.005000 s: the client sends TSval 4999; before it was 5000."
        },
        {
            "no timestamps", WireRule.TimestampsPresent,
            "Packet 6 at 0.005000 s: the server sends no timestamps at 4294966796 (relative 1001)."
        },
        {
            "unknown echo", WireRule.EchoKnown,
            "Packet 6 at 0.005000 s: the server sends TSecr 5001; the client has sent no TSval above 5000."
        },
        {
            "ACK of what the client never sent", WireRule.AcknowledgesSent,
            "Packet 6 at 0.005000 s: the server acknowledges up to 1000002 (relative 2); "
            + "the client has sent up to 1000001 (relative 1)."
        },
        {
            "SACK of what the client never sent", WireRule.AcknowledgesSent,
            "Packet 6 at 0.005000 s: the server acknowledges up to 1000020 (relative 20); "
            + "the client has sent up to 1000001 (relative 1)."
        },
        {
            "ACK goes back", WireRule.AcknowledgmentsMonotone,
            "Packet 8 at 0.007000 s: the server acknowledges up to 1000050 (relative 50); before it was 1000101 (relative 101)."
        },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void A_segment_that_breaks_a_rule_is_told_with_time_and_numbers(string what, WireRule rule, string text)
    {
        var report = Broken(what).Check();

        Assert.Equal([(rule, text)], report.Violations.Select(violation => (violation.Rule, violation.Text)));
        Assert.Equal(1, report.ViolationCount);
        Assert.Contains(text, report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_from_SYN_to_the_last_ACK_breaks_no_rule_and_its_bytes_are_counted()
    {
        var script = new WireScript().Open();
        for (uint at = 1; at < 30_000; at += 1_000)
        {
            script.ClientClock++;
            script.FromClient(at, at, 1_000);
            script.ServerClock++;
            script.FromServer(at, at + 1_000, 1_000);
        }

        script.FromServer(30_001, 30_001, flags: TcpFlags.Ack | TcpFlags.Fin).FromClient(30_001, 30_002)
            .FromClient(30_001, 30_002, flags: TcpFlags.Ack | TcpFlags.Fin).FromServer(30_002, 30_002);

        var report = script.Check();

        Assert.Equal("", string.Join('\n', report.Violations));
        Assert.Equal((30_000, 30_000), (report.FromServer.Bytes, report.FromClient.Bytes));
        Assert.Equal((0, 0), (report.FromServer.Retransmissions, report.FromClient.Retransmissions));
        Assert.Equal((33, 34), (report.FromServer.Packets, report.FromClient.Packets));
        Assert.Equal((40_000, 7), (report.Client.Port, report.Server.Port));
    }

    [Fact]
    public void What_is_sent_again_is_counted_and_allowed()
    {
        var script = Opened().FromServer(1, 1, 1_000).FromServer(501, 1, 1_000)
            .FromServer(1_501, 1, flags: TcpFlags.Ack | TcpFlags.Fin)
            .FromServer(1_501, 1, flags: TcpFlags.Ack | TcpFlags.Fin)
            .FromClient(1, 1_001, 10).FromClient(1, 1_502, 10);

        var report = script.Check();

        Assert.Empty(report.Violations);
        Assert.Equal(
            (3, 1_500, 1_500),
            (report.FromServer.Retransmissions, report.FromServer.RetransmittedBytes, report.FromServer.Bytes));
        Assert.Equal((1, 10), (report.FromClient.Retransmissions, report.FromClient.RetransmittedBytes));
        var all = report.During(report.Start, report.End);
        Assert.Equal((3, 1), (all.ServerRetransmissions, all.ClientRetransmissions));
        var packets = script.Packets;
        Assert.Equal(1, report.During(packets[5].Time, packets[5].Time).ServerRetransmissions);
        Assert.Equal(0, report.During(packets[0].Time, packets[4].Time - TimeSpan.FromTicks(1)).ServerRetransmissions);
    }

    [Fact]
    public void Duplicate_ACKs_are_those_of_RFC_5681_and_no_window_updates()
    {
        var report = Opened().FromServer(1_001, 1, 1_000)
            .FromClient(1, 1_001, window: 60_000)
            .FromClient(1, 1_001, window: 60_000)
            .FromClient(1, 1_001, window: 60_800)
            .FromClient(1, 2_001, window: 60_800)
            .FromClient(1, 2_001, window: 60_800)
            .Check();

        Assert.Empty(report.Violations);
        Assert.Equal((2, 0), (report.FromClient.DuplicateAcks, report.FromServer.DuplicateAcks));
    }

    [Fact]
    public void A_probe_of_one_byte_beyond_a_closed_window_is_allowed()
    {
        var report = Opened().FromServer(1_001, 1, 60_000).FromClient(1, 61_001, window: 0).FromServer(61_001, 1, 1).Check();

        Assert.Empty(report.Violations);
    }

    [Fact]
    public void A_window_that_the_scale_rounds_and_an_empty_echo_are_counted()
    {
        var report = Opened().FromClient(1, 1_001, 100).FromServer(1_001, 101, window: 63_872).FromServer(1_001, 101, echo: 0)
            .FromClient(101, 1_001, echo: 0).Check();

        Assert.Empty(report.Violations);
        Assert.Equal((1, 1), (report.FromServer.RoundedWindows, report.FromServer.EmptyEchoes));
        Assert.Equal((0, 1), (report.FromClient.RoundedWindows, report.FromClient.EmptyEchoes));
    }

    [Fact]
    public void On_a_lossy_path_only_a_gap_that_stays_is_a_violation()
    {
        var lossy = new WireCheckOptions { IsPathLossy = true };
        var script = Opened().FromServer(2_001, 1, 1_000);
        script.ServerClock += 5;
        script.FromServer(3_001, 1, 1_000);
        script.ServerClock -= 5;
        script.FromServer(1_001, 1, 400);

        var unfilled = script.Check(lossy);
        var filled = script.FromServer(1_401, 1, 600).Check(lossy);

        Assert.Equal(
            "Packet 8 at 0.007000 s: the server never sends 600 bytes from 4294967196 (relative 1401) on.",
            Assert.Single(unfilled.Violations).Text);
        Assert.Empty(filled.Violations);
        Assert.Equal((2, 0, 4_000), (filled.FromServer.LatePackets, filled.FromServer.Retransmissions, filled.FromServer.Bytes));
        Assert.Equal(3, script.Check().ViolationCount); // a gap, and two times the older TSval
    }

    [Fact]
    public void Bytes_that_fill_a_gap_are_compared_when_they_come_again()
    {
        var wrong = WireScript.Bytes(1_001, 1_000);
        wrong[999] ^= 1;
        var report = Opened().FromServer(2_001, 1, 1_000).FromServer(1_001, 1, 1_000).FromServer(1_001, 1, payload: wrong)
            .Check(new WireCheckOptions { IsPathLossy = true });

        Assert.Equal(WireRule.SameBytes, Assert.Single(report.Violations).Rule);
        Assert.Contains("(relative 2000)", report.Violations[0].Text);
    }

    [Fact]
    public void Bytes_that_the_history_or_the_capture_lacks_are_counted_as_unchecked()
    {
        var script = Opened();
        for (uint at = 1_001; at < 400_001; at += 20_000) script.FromClient(1, at).FromServer(at, 1, 20_000);
        script.FromServer(1, 1, 1_000);

        Assert.Equal(1_000, script.Check(new WireCheckOptions { History = 1 << 17 }).FromServer.UncheckedBytes);
        Assert.Equal(0, script.Check().FromServer.UncheckedBytes);
    }

    [Fact]
    public void A_capture_that_keeps_only_headers_is_checked_but_for_the_bytes()
    {
        var script = new WireScript { SnapLength = 96 }.Open().FromServer(1, 1, 1_000);
        script.FromServer(1, 1, payload: new byte[1_000]).FromServer(1_501, 1, 100);

        var report = script.Check();

        Assert.Equal(WireRule.NoGap, Assert.Single(report.Violations).Rule);
        Assert.Equal(1_000, report.FromServer.UncheckedBytes);
        Assert.Equal(1, report.FromServer.Retransmissions);
    }

    [Fact]
    public void A_capture_that_begins_later_is_checked_with_the_scales_that_are_given()
    {
        var script = new WireScript().FromClient(1, 1_001).FromServer(1_001, 1, 1_000).FromServer(2_001, 1, 100, window: 63_872);

        Assert.Empty(script.Check().Violations);
        var given = new WireCheckOptions
        {
            ServerWindowScale = WireScript.ServerScale,
            ClientWindowScale = WireScript.ClientScale,
        };
        Assert.Equal(WireRule.WindowNeverShrinks, Assert.Single(script.Check(given).Violations).Rule);
        Assert.Equal(7, script.Check().Server.Port);
        Assert.Equal(40_000, script.Check(new WireCheckOptions { ServerPort = 40_000 }).Server.Port);
    }

    [Fact]
    public void A_new_SYN_with_another_initial_sequence_number_begins_a_new_report()
    {
        var script = Opened().ClientSyn(iss: 77).ClientSyn(iss: 77);

        var reports = WireChecker.Check(script.Packets, new WireCheckOptions());

        Assert.Equal([5, 2], reports.Select(report => report.FromClient.Packets + report.FromServer.Packets));
        Assert.Equal(1, reports[1].FromClient.Retransmissions);
    }

    [Fact]
    public void A_change_of_the_sender_is_told_with_its_blackout()
    {
        var script = Opened();
        script.FromClient(1, 1_001).Step = 25;
        script.Origin = script.Origin with { Mac = 0x02_00_00_00_00_02 };
        script.FromServer(1_001, 1, 1_000).ServerTtl = 63;
        script.FromServer(2_001, 1, 1_000);

        var report = script.Check();

        Assert.Empty(report.Violations);
        Assert.Equal([27.0, 25.0], report.SenderChanges.Select(change => change.Blackout.TotalMilliseconds));
        Assert.Equal([7L, 8L], report.SenderChanges.Select(change => change.Packet));
        Assert.Equal("MAC 02:00:00:00:00:01, TTL 64", report.SenderChanges[0].From.ToString());
        Assert.Equal("MAC 02:00:00:00:00:02, TTL 63", report.SenderChanges[1].To.ToString());
    }

    [Fact]
    public void The_longest_silence_of_the_server_in_a_span_is_that_between_its_own_segments()
    {
        var script = Opened();
        script.FromClient(1, 1_001).FromClient(1, 1_001, 10).Step = 4;
        script.FromServer(1_001, 11, 100).FromServer(1_101, 11, 100);
        var (start, packets) = (script.Packets[0].Time, script.Packets);

        var report = script.Check();

        Assert.Equal(7.0, report.During(start, report.End).LongestSilence.TotalMilliseconds);
        Assert.Equal(7.0, report.During(packets[5].Time, packets[5].Time).LongestSilence.TotalMilliseconds);
        Assert.Equal(4.0, report.During(packets[7].Time, report.End).LongestSilence.TotalMilliseconds);
        Assert.Equal(0, report.During(report.End, report.End).LongestSilence.TotalMilliseconds);
    }

    [Fact]
    public void Violations_beyond_the_limit_are_only_counted()
    {
        var script = Opened();
        for (var i = 0; i < 50; i++) script.FromServer(1_001, 1, flags: TcpFlags.Rst);

        var report = script.Check(new WireCheckOptions { MaximumViolations = 3 });

        Assert.Equal((3, 50), (report.Violations.Count, report.ViolationCount));
    }

    private static WireScript Opened() => new WireScript().Open().FromServer(1, 1, 1_000).FromClient(1, 1_001);

    private static WireScript Broken(string what)
    {
        var script = Opened();
        switch (what)
        {
            case "RST of the server": return script.FromServer(1_001, 1, flags: TcpFlags.Rst);
            case "RST of the client": return script.FromClient(1, 1_001, flags: TcpFlags.Rst | TcpFlags.Ack);
            case "gap": return script.FromServer(1_501, 1, 100);
            case "pure ACK beyond what was sent": return script.FromServer(1_501, 1);
            case "other byte": return script.FromServer(501, 1, payload: Changed(501, 500, at: 299));
            case "other byte of the client":
                return script.FromClient(1, 1_001, 100).FromClient(11, 1_001, payload: Changed(11, 20, at: 1));
            case "other SYN": return script.ServerSyn(WireScript.ServerIss - 4_999);
            case "byte after the FIN":
                return script.FromServer(1_001, 1, flags: TcpFlags.Fin | TcpFlags.Ack).FromServer(1_001, 1, 1);
            case "FIN before the end": return script.FromServer(900, 1, flags: TcpFlags.Fin | TcpFlags.Ack);
            case "other FIN":
                return script.FromServer(1_001, 1, flags: TcpFlags.Fin | TcpFlags.Ack)
                    .FromServer(900, 1, flags: TcpFlags.Fin | TcpFlags.Ack);
            case "window of the server shrinks": return script.FromServer(1_001, 1, window: 64_000 - 128);
            case "window of the client shrinks": return script.FromClient(1, 1_001, window: 60_000 - 8);
            case "beyond the window": return script.FromServer(1_001, 1, 60_002);
            case "TSval of the server":
                script.ServerClock--;
                return script.FromServer(1_001, 1, 100);
            case "TSval of the client":
                script.ClientClock--;
                return script.FromClient(1, 1_001);
            case "no timestamps":
                script.HasTimestamps = false;
                return script.FromServer(1_001, 1, 100);
            case "unknown echo": return script.FromServer(1_001, 1, echo: 5_001);
            case "ACK of what the client never sent": return script.FromServer(1_001, 2);
            case "SACK of what the client never sent":
                return script.FromServer(1_001, 1, sack: new SackBlock(new SequenceNumber(10), new SequenceNumber(20)));
            case "ACK goes back":
                return script.FromClient(1, 1_001, 100).FromServer(1_001, 101).FromServer(1_001, 50, window: 64_128);
            default: throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }

    private static byte[] Changed(uint position, int length, int at)
    {
        var bytes = WireScript.Bytes(position, length);
        bytes[at] ^= 0x20;
        return bytes;
    }
}
