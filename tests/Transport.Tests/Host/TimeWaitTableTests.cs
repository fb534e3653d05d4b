using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>RFC 9293 section 3.10.7.4 in TIME-WAIT, RFC 6191, RFC 1337.</summary>
public sealed class TimeWaitTableTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1_000);
    private static readonly TcpSettings Settings = TcpSettings.Default with { Counters = new TcpCounters() };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(9293, "3.10.7.4")]
    public void A_repeated_FIN_is_acknowledged_and_starts_the_time_anew_RFC_9293(bool ipv6)
    {
        var (table, flow) = Table(ipv6);
        var fin = new TcpSegment
        {
            Flags = TcpFlags.Fin | TcpFlags.Ack,
            Sequence = new(2_000),
            Acknowledgment = new(7_000),
            Options = Timestamp(500),
        };
        Assert.Equal(TimeWaitVerdict.Answered, table.Arrive(flow, fin, Start + TimeSpan.FromSeconds(50), out var answer, out _));
        Assert.Equal((new SequenceNumber(7_000), new SequenceNumber(2_001), TcpFlags.Ack),
            (answer.Sequence, answer.Acknowledgment, answer.Flags));
        Assert.Equal((500u, 51_000u), (answer.Options.TimestampEcho, answer.Options.TimestampValue));
        Assert.Equal(flow, answer.Flow);
        var late = new TcpSegment { Flags = TcpFlags.Ack, Sequence = new(2_001), Acknowledgment = new(7_000) };
        Assert.Equal(TimeWaitVerdict.Dropped, table.Arrive(flow, late, Start + TimeSpan.FromSeconds(109), out _, out _));
        Assert.Equal(TimeWaitVerdict.Unknown, table.Arrive(flow, late, Start + TimeSpan.FromSeconds(111), out _, out _));
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(9293, "3.10.7.4")]
    public void What_another_host_takes_of_TIME_WAIT_answers_there_for_the_time_that_was_left(bool ipv6)
    {
        var (table, flow) = Table(ipv6);
        var entry = Assert.Single(table.ExportAll(Start + TimeSpan.FromSeconds(20)));
        Assert.Equal(1, table.Count);

        var (other, now) = (new TimeWaitTable(10, Settings), TimeSpan.FromSeconds(5)); // a host with another clock
        other.Add(entry, now);
        var fin = new TcpSegment
        {
            Flags = TcpFlags.Ack,
            Sequence = new(1_000),
            Acknowledgment = new(7_000),
            Options = Timestamp(500),
        };
        Assert.Equal(TimeWaitVerdict.Answered, other.Arrive(flow, fin, now + TimeSpan.FromSeconds(30), out var answer, out _));
        Assert.Equal((new SequenceNumber(7_000), new SequenceNumber(2_001), TcpFlags.Ack),
            (answer.Sequence, answer.Acknowledgment, answer.Flags));
        Assert.Equal((500u, 51_000u), (answer.Options.TimestampEcho, answer.Options.TimestampValue));
        Assert.True(other.Contains(flow, now + TimeSpan.FromSeconds(39)));
        Assert.False(other.Contains(flow, now + TimeSpan.FromSeconds(41)));
    }

    [Fact]
    public void One_that_comes_from_another_host_ends_no_earlier_than_those_that_are_here()
    {
        var (table, flow) = Table(ipv6: false);
        var entry = Assert.Single(table.ExportAll(Start + TimeSpan.FromSeconds(50)));
        var (other, second) = (Table(ipv6: true), Start);
        other.Table.Add(entry, second);
        Assert.True(other.Table.Contains(flow, second + TimeSpan.FromSeconds(59)));
        Assert.False(other.Table.Contains(flow, second + TimeSpan.FromSeconds(61)));
        Assert.Equal(0, other.Table.Count);
    }

    /// <summary>The peer's FIN had number 2,000 and acknowledged 7,000. Each comes just before the time is over.</summary>
    [Theory]
    [InlineData(TcpFlags.Fin, 2_000u, 0u, 500u)] // without ACK
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 2_000u, 7_001u, 500u)] // of what was never sent
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 2_000u, 2_900_000_000u, 500u)] // older than any window
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 1_999u, 7_000u, 500u)] // where the FIN was not
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 2_001u, 7_000u, 500u)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 900_000u, 7_000u, 500u)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, 2_000u, 7_000u, 499u)] // older
    [InlineData(TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Ack, 1_999u, 7_000u, 500u)]
    [Rfc(9293, "3.10.7.4")]
    [Rfc(5961, "5.2")]
    public void Only_the_FIN_of_the_peer_starts_the_time_anew(TcpFlags flags, uint sequence, uint acknowledgment, uint timestamp)
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            var (table, flow) = Table(ipv6);
            var forged = new TcpSegment
            {
                Flags = flags,
                Sequence = new(sequence),
                Acknowledgment = new(acknowledgment),
                Options = Timestamp(timestamp),
            };
            table.Arrive(flow, forged, Start + TimeSpan.FromSeconds(59), out _, out _);
            Assert.True(table.Contains(flow, Start + TimeSpan.FromSeconds(59)));
            Assert.False(table.Contains(flow, Start + TimeSpan.FromSeconds(61)));
        }
    }

    [Theory]
    [InlineData(2_001u)]
    [InlineData(2_005u)]
    [Rfc(1337, "3")]
    public void A_RST_does_not_end_it_RFC_1337_F1(uint sequence)
    {
        var (table, flow) = Table();
        var reset = new TcpSegment { Flags = TcpFlags.Rst, Sequence = new(sequence) };
        Assert.Equal(TimeWaitVerdict.Dropped, table.Arrive(flow, reset, Start, out _, out _));
        Assert.Equal(1, table.Count);
    }

    [Theory]
    [InlineData(true, 501u, 1u, TimeWaitVerdict.Reusable)] // newer by its timestamp, whatever its sequence number
    [InlineData(true, 500u, 2_002u, TimeWaitVerdict.Reusable)] // the same tick: the sequence number tells
    [InlineData(true, 500u, 2_001u, TimeWaitVerdict.Answered)]
    [InlineData(true, 499u, 900_000u, TimeWaitVerdict.Answered)] // older
    [InlineData(true, null, 2_002u, TimeWaitVerdict.Reusable)]
    [InlineData(true, null, 2_000u, TimeWaitVerdict.Answered)]
    [InlineData(false, 1u, 1u, TimeWaitVerdict.Reusable)] // the old one had no timestamps
    [InlineData(false, null, 2_002u, TimeWaitVerdict.Reusable)]
    [InlineData(false, null, 2_001u, TimeWaitVerdict.Answered)]
    [Rfc(6191, "2")]
    public void A_SYN_that_is_newer_may_open_the_flow_anew_RFC_6191_section_2(
        bool timestamps, uint? timestamp, uint sequence, TimeWaitVerdict verdict)
    {
        var (table, flow) = Table(timestamps: timestamps);
        var syn = new TcpSegment
        {
            Flags = TcpFlags.Syn,
            Sequence = new(sequence),
            Options = timestamp is { } value ? Timestamp(value) : default,
        };
        Assert.Equal(verdict, table.Arrive(flow, syn, Start, out _, out var iss));
        if (verdict is TimeWaitVerdict.Reusable) Assert.True(iss > new SequenceNumber(7_000) + ushort.MaxValue);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    [Rfc(5961, "7")]
    public void Answers_of_one_flow_are_limited_by_rate_RFC_5961_section_7()
    {
        var (table, flow) = Table();
        var old = new TcpSegment { Flags = TcpFlags.Ack, Sequence = new(1) };
        var answered = Enumerable.Range(0, 100).Count(i =>
            table.Arrive(flow, old, Start + TimeSpan.FromMilliseconds(10 * i), out _, out _) is TimeWaitVerdict.Answered);
        Assert.Equal(2, answered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_exported_goes_on_in_another_table(bool ipv6)
    {
        var (table, flow) = Table(ipv6);
        var later = Start + TimeSpan.FromSeconds(10);
        var record = table.Export(flow, later)!;
        Assert.Equal(
            (TcpState.TimeWait, TimeSpan.FromSeconds(50).Ticks), (record.Identity.State, record.Timers.TimeWaitTicksLeft));

        var other = new TimeWaitTable(10, Settings);
        other.Add(record, TimeSpan.FromSeconds(3));
        var old = new TcpSegment { Flags = TcpFlags.Ack, Sequence = new(1) };
        Assert.Equal(TimeWaitVerdict.Answered, table.Arrive(flow, old, later, out var here, out _));
        Assert.Equal(TimeWaitVerdict.Answered, other.Arrive(flow, old, TimeSpan.FromSeconds(3), out var there, out _));
        Assert.Equal(Show(here), Show(there));
    }

    [Fact]
    public void A_connection_takes_over_what_a_table_exports()
    {
        var (table, flow) = Table();
        var record = table.Export(flow, Start)!;
        var connection = TcpConnection.Import(new ConnectionImage(record, ConnectionPayload.None), Settings,
            new SimulatedSendQueue(1), new SimulatedReceiveQueue(65_536), Start);
        connection.OnSegment(new TcpSegment { Flags = TcpFlags.Ack, Sequence = new(1) }, Start);
        Assert.True(connection.TryTransmit(Start, out var answer));
        Assert.Equal((new SequenceNumber(7_000), new SequenceNumber(2_001)), (answer.Sequence, answer.Acknowledgment));
        Assert.Equal(Start + TimeSpan.FromSeconds(60), connection.NextDeadline);
    }

    [Fact]
    public void The_oldest_goes_when_the_table_is_full()
    {
        var table = new TimeWaitTable(3, Settings);
        for (var i = 0; i < 5; i++) table.Add(Record(i, ipv6: false, timestamps: true), Start + TimeSpan.FromSeconds(i));
        Assert.Equal(3, table.Count);
        Assert.Null(table.Export(Flow(1, ipv6: false), Start + TimeSpan.FromSeconds(5)));
        Assert.NotNull(table.Export(Flow(2, ipv6: false), Start + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void It_does_what_a_dictionary_does()
    {
        var random = new Random(7);
        var table = new TimeWaitTable(int.MaxValue, Settings);
        var model = new Dictionary<int, TimeSpan>();
        var now = Start;
        for (var step = 0; step < 30_000; step++)
        {
            now += TimeSpan.FromMilliseconds(10 * random.Next(10));
            var number = random.Next(5_000);
            foreach (var due in model.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList()) model.Remove(due);
            if (random.Next(4) == 0)
            {
                Assert.Equal(model.Remove(number),
                    table.Export(Flow(number, number % 2 == 0), now) is not null && table.Remove(Flow(number, number % 2 == 0)));
                continue;
            }

            table.Add(Record(number, number % 2 == 0, timestamps: true), now);
            model[number] = new TimeSpan((now + Settings.TimeWait).Ticks / 1_000_000 * 1_000_000);
            Assert.Equal(model.Count, table.Count);
        }
    }

    [Fact]
    public void A_million_cost_less_than_100_bytes_each()
    {
        const int Million = 1_000_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new TimeWaitTable(Million, Settings);
        for (var i = 0; i < Million; i++) table.Add(Record(i, i % 2 == 0, timestamps: true), Start);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Million;
        Assert.Equal(Million, table.Count);
        Assert.InRange(bytes, 1, 99);
        GC.KeepAlive(table);
    }

    private static (TimeWaitTable Table, FlowKey Flow) Table(bool ipv6 = false, bool timestamps = true)
    {
        var table = new TimeWaitTable(10, Settings);
        table.Add(Record(0, ipv6, timestamps), Start);
        return (table, Flow(0, ipv6));
    }

    private static string Show(in OutboundSegment s) =>
        $"{s.Flow} {s.Sequence} {s.Acknowledgment} {s.Flags} {s.Window} {s.HopLimit} {s.Options.TimestampValue} "
            + $"{s.Options.TimestampEcho}";

    private static TcpOptions Timestamp(uint value) => new() { HasTimestamps = true, TimestampValue = value };

    private static TcpConnectionState Record(int number, bool ipv6, bool timestamps)
    {
        var (local, remote) = Flow(number, ipv6);
        return new TcpConnectionState
        {
            Identity = new IdentitySection
            {
                LocalAddress = local.Address.ToIPAddress().GetAddressBytes(),
                LocalPort = local.Port,
                RemoteAddress = remote.Address.ToIPAddress().GetAddressBytes(),
                RemotePort = remote.Port,
                State = TcpState.TimeWait,
            },
            Send = new SendSpaceSection
            {
                SndUna = 7_000,
                SndNxt = 7_000,
                SndMax = 7_000,
            },
            Receive = new ReceiveSpaceSection
            {
                RcvNxt = 2_001,
                RcvWup = 2_001,
                RcvWnd = 10_000,
            },
            Negotiated = new NegotiatedSection
            {
                RcvWindScale = 3,
                Timestamps = timestamps,
            },
            Timestamps = new TimestampsSection
            {
                HasTsRecent = timestamps,
                TsRecent = timestamps ? 500u : 0,
                ClockTicks = TimeSpan.FromSeconds(1).Ticks,
            },
            Options = new SocketOptionsSection { HopLimit = 60 },
        };
    }

    private static FlowKey Flow(int number, bool ipv6)
    {
        var (local, remote) = ipv6 ? ("fd00::2", $"fd00::1:{number / 30_000:x}") : ("10.0.0.2", $"10.1.0.{number / 30_000}");
        return new FlowKey(
            new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), (ushort)(1 + number % 30_000)));
    }
}
