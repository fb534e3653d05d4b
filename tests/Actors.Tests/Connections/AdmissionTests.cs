using System.Buffers;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

public class AdmissionTests : StackTest
{
    [Fact]
    [Rfc(9293, "3.10.7.1")]
    public void A_syn_to_a_port_without_a_listener_is_refused()
    {
        StartEcho();
        var refused = Peer.Connect(Server, 81);

        Pump(() => refused.State == TcpState.Closed, "the reset");

        Assert.Equal(1, Statistics().ResetsSent);
        Assert.Equal(1, Statistics().Dropped["NoConnection"]);
    }

    [Theory]
    [InlineData(TcpFlags.Ack, 500u, 900u, TcpFlags.Rst, 900u, 0u)]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, 500u, 900u, TcpFlags.Rst, 900u, 0u)]
    [InlineData(TcpFlags.Syn, 500u, 0u, TcpFlags.Rst | TcpFlags.Ack, 0u, 501u)]
    [InlineData(TcpFlags.Fin, 500u, 0u, TcpFlags.Rst | TcpFlags.Ack, 0u, 501u)]
    [InlineData(TcpFlags.None, 500u, 0u, TcpFlags.Rst | TcpFlags.Ack, 0u, 500u)]
    [Rfc(9293, "3.10.7.1")]
    public void A_segment_to_nobody_is_answered_as_the_rfc_says(
        TcpFlags flags, uint sequence, uint acknowledgment, TcpFlags answer, uint answerSequence, uint answerAcknowledgment)
    {
        StartStack();
        Peer.Send(Segment("10.0.0.9", 999, 4711, flags, sequence, acknowledgment));
        Pump(() => Peer.Segments.Count == 1, "the reset");

        var reset = Peer.Segments[0];
        Assert.Equal(
            (answer, answerSequence, answerAcknowledgment), (reset.Flags, reset.Sequence.Value, reset.Acknowledgment.Value));
    }

    [Fact]
    public void A_reset_to_nobody_is_not_answered()
    {
        StartStack();
        Peer.Send(Segment("10.0.0.9", 999, 4711, TcpFlags.Rst, 1));
        Peer.Send(Segment("10.0.0.9", 999, 4711, TcpFlags.Rst | TcpFlags.Ack, 1, 2));
        Pump(() => Statistics().SegmentsReceived == 2, "both");

        Assert.Empty(Peer.Segments);
    }

    [Fact]
    public void Resets_are_limited_by_rate_and_come_again_with_time()
    {
        StartStack();
        for (var i = 0; i < 3_000; i++) Peer.Send(Segment("10.0.0.9", (ushort)(1 + i), 4711, TcpFlags.Syn, 1));
        Pump(() => Statistics().SegmentsReceived == 3_000, "all");
        Assert.Equal(1_000, Statistics().ResetsSent);
        Assert.Equal(2_000, Statistics().Dropped["ResetRate"]);

        Advance(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 200; i++) Peer.Send(Segment("10.0.0.9", (ushort)(1 + i), 4711, TcpFlags.Syn, 1));
        Pump(() => Statistics().SegmentsReceived == 3_200, "all");
        Assert.Equal(1_100, Statistics().ResetsSent);
    }

    [Fact]
    public void The_backlog_bounds_half_open_connections_and_frees_itself()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 10);
        for (var i = 0; i < 50; i++) Peer.Send(Segment("10.0.0.9", (ushort)(1 + i), EchoPort, TcpFlags.Syn, 1));
        Pump(() => Peer.Segments.Count == 50, "the answers");

        Assert.Equal((10, 10, 40L),
            Statistics() is var flooded ? (flooded.HalfOpen, flooded.Connections, flooded.Dropped["BacklogFull"]) : default);
        Assert.DoesNotContain(
            Journal.Events, written => written.PersistenceId.StartsWith("connection", StringComparison.Ordinal));

        Advance(TimeSpan.FromMinutes(3));
        Pump(() => Statistics().Connections == 0, "the half-open ones to be given up");
        Assert.Equal(0, Statistics().HalfOpen);
        EchoRoundTrip(Connect(EchoPort), 1_000);
        Assert.DoesNotContain(Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: true)).Connections,
            c => c.Ended is not null);
    }

    [Theory]
    [InlineData(Server)]
    [InlineData(ServerIPv6)]
    [Rfc(4987, "3.6")]
    public void Under_a_flood_of_syns_others_are_still_served(string server)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 10);
        for (var i = 0; i < 5_000; i++) Peer.Send(Segment("10.0.0.9", (ushort)(1 + i), EchoPort, TcpFlags.Syn, (uint)i));
        Pump(() => Peer.Segments.Count == 5_000, "the answers");
        Assert.Equal(10, Statistics().Connections);

        var client = Connect(EchoPort, server);

        Pump(() => Statistics().Opened == 1, "the connection");
        EchoRoundTrip(client, 200_000);
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
        Assert.Equal(11, Statistics().Connections);
        Assert.Equal(10, Statistics().HalfOpen);
        Assert.Equal(MigrationOutcome.Completed, Offload("1-11").Outcome);
        EchoRoundTrip(client, 1_000);
    }

    [Fact]
    public void What_follows_the_acknowledgment_of_a_cookie_at_once_is_kept_and_little_of_it()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 0);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 100));
        Pump(() => Peer.Segments.Count == 1, "the answer");
        var cookie = Peer.Segments[0].Sequence.Value;

        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 101, cookie + 1));
        for (var i = 0u; i < 20; i++)
        {
            Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 101 + 10 * i, cookie + 1) with
            {
                Payload = new ReadOnlySequence<byte>(new byte[10]),
                MaximumPayload = 10,
            });
        }

        Pump(() => Peer.Segments.Exists(segment => segment.Acknowledgment.Value == 261), "the acknowledgment of 16 segments");
        Assert.Equal(4, Statistics().Dropped["NotReady"]);
    }

    [Fact]
    [Rfc(4987, "3.6")]
    public void A_forged_or_old_acknowledgment_of_a_cookie_opens_nothing()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 0);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 100));
        Pump(() => Peer.Segments.Count == 1, "the answer");
        var cookie = Peer.Segments[0].Sequence.Value;

        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 101, cookie + 2));
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 102, cookie + 1));
        Peer.Send(Segment("10.0.0.9", 2, EchoPort, TcpFlags.Ack, 101, cookie + 1));
        Pump(() => Peer.ResetsReceived == 3, "the refusals");
        Advance(TimeSpan.FromMinutes(3));
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 101, cookie + 1));
        Pump(() => Peer.ResetsReceived == 4, "the refusal");
        Assert.Equal(0, Statistics().Connections);

        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 100));
        Pump(() => Peer.Segments.Count == 6, "the answer");
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 101, Peer.Segments[^1].Sequence.Value + 1));
        Pump(() => Statistics().Opened == 1, "the connection");
    }

    [Theory]
    [InlineData(Server)]
    [InlineData(ServerIPv6)]
    [Rfc(4987, "3.6")]
    public void A_cookie_keeps_the_options_of_the_SYN_in_its_timestamp_RFC_4987(string server)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 0);
        Advance(TimeSpan.FromMilliseconds(12_345));
        var client = Connect(EchoPort, server);
        Pump(() => Statistics().Opened == 1, "the connection");
        EchoRoundTrip(client, 500_000);

        var record = client.Tcp.Export(Transport.Tcp.ExportScope.Bare, Time);
        Assert.True(record.Negotiated.Timestamps && record.Negotiated.SackPermitted && record.Negotiated.WindowScaling);
        var statistics = Statistics();
        Assert.Equal((1L, 1L), (statistics.TcpExt["SyncookiesSent"], statistics.TcpExt["SyncookiesRecv"]));
        Assert.Equal((1L, 1L, 0L), (statistics.Tcp["PassiveOpens"], statistics.Tcp["CurrEstab"], statistics.Tcp["AttemptFails"]));
        Assert.True(record.Send.SndWnd > ushort.MaxValue, "the window is not scaled");
    }

    [Theory]
    [InlineData(EcnMode.Active)]
    [InlineData(EcnMode.Passive)]
    [Rfc(3168, "6.1.1")]
    public void A_cookie_keeps_what_was_agreed_on_ECN_RFC_3168_section_6_1_1(EcnMode client)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 0);
        Peer.Settings = Peer.Settings with { Ecn = client };
        var connection = Connect(EchoPort);
        Pump(() => Statistics().Opened == 1, "the connection");
        EchoRoundTrip(connection, 10_000);
        Assert.Equal(client is EcnMode.Active, connection.Tcp.Export(Transport.Tcp.ExportScope.Bare, Time).Negotiated.Ecn);
        Offload("1-1");
        Assert.Equal(client is EcnMode.Active, Engine.Single.Initial.Negotiated.Ecn);
    }

    /// <summary>The timestamp has room for the other options; without it the cookie keeps the MSS alone.</summary>
    [Theory]
    [InlineData(false, false, false, true)]
    [InlineData(true, true, false, true)]
    [InlineData(false, false, true, true)]
    [InlineData(true, false, true, true)]
    [InlineData(false, true, true, true)]
    [InlineData(true, true, true, true)]
    [InlineData(true, true, true, false)]
    [Rfc(4987, "3.6")]
    [Rfc(7323, "2.2", "3.2")]
    public void A_cookie_has_the_options_of_the_SYN_alone_and_without_a_timestamp_none_but_the_MSS(
        bool windowScale, bool sack, bool timestamps, bool isTaken)
    {
        var settings = Settings;
        StartStack(isTaken ? settings : settings with { Tcp = settings.Tcp with { WindowScaling = false, Sack = false } });
        Listen(EchoPort, Applications.Echo, backlog: 0);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 100) with
        {
            Options = new TcpOptions
            {
                MaximumSegmentSize = 1460,
                HasWindowScale = windowScale,
                WindowScale = 7,
                SackPermitted = sack,
                HasTimestamps = timestamps,
                TimestampValue = 7_000,
                HasFastOpen = true,
            },
        });
        Pump(() => Peer.Segments.Count == 1, "the answer");
        var answer = Peer.Segments[0].Options;
        Assert.True(answer.MaximumSegmentSize > 0);
        Assert.Equal((timestamps, timestamps ? 7_000u : 0), (answer.HasTimestamps, answer.TimestampEcho));
        var keeps = isTaken && timestamps;
        Assert.Equal((keeps && windowScale, keeps && sack), (answer.HasWindowScale, answer.SackPermitted));
        Assert.False(answer.HasFastOpen);
    }

    [Fact]
    [Rfc(4987, "3.2")]
    public void Half_open_connections_of_one_source_leave_the_backlog_to_others_RFC_4987()
    {
        StartStack(Settings with { MaximumHalfOpenPerSource = 5 });
        Listen(EchoPort, Applications.Echo, backlog: 20);
        for (var i = 0; i < 50; i++) Peer.Send(Segment($"10.0.9.{1 + i}", 999, EchoPort, TcpFlags.Syn, 1));
        Pump(() => Peer.Segments.Count == 50, "the answers");
        Assert.Equal((5, 45L), Statistics() is var flooded ? (flooded.HalfOpen, flooded.TcpExt["SyncookiesSent"]) : default);

        for (var i = 0; i < 5; i++) Peer.Send(Segment("10.0.8.1", (ushort)(1 + i), EchoPort, TcpFlags.Syn, 1));
        Pump(() => Statistics().HalfOpen == 10, "those of another");
    }

    [Fact]
    public void Half_open_connections_are_bounded_in_all()
    {
        StartStack(Settings with { MaximumHalfOpen = 7 });
        Listen(EchoPort, Applications.Echo);
        Listen(EchoPort + 1, Applications.Echo);
        for (var i = 0; i < 40; i++) Peer.Send(Segment($"10.{i}.0.1", 999, (ushort)(EchoPort + i % 2), TcpFlags.Syn, 1));
        Pump(() => Peer.Segments.Count == 40, "the answers");
        Assert.Equal(7, Statistics().HalfOpen);
    }

    [Fact]
    public void A_source_has_no_more_connections_than_its_share()
    {
        StartStack(Settings with { MaximumConnectionsPerSource = 3 });
        Listen(EchoPort, Applications.Echo);
        var clients = Enumerable.Range(0, 5).Select(_ => Peer.Connect(Server, EchoPort)).ToList();
        Pump(() => clients.Count(client => client.State == TcpState.Established) == 3, "three");
        Assert.Equal(2, Statistics().Dropped["TooManyFromSource"]);
        Assert.Equal(2, Statistics().TcpExt["ListenDrops"]);

        clients.First(client => client.State == TcpState.Established).Abort(Time);
        Pump(() => Statistics().Connections == 2, "one to end");
        Connect(EchoPort);
    }

    [Fact]
    [Rfc(6191, "2")]
    public void A_connection_in_TIME_WAIT_is_a_record_and_its_flow_can_be_opened_anew_RFC_6191()
    {
        StartStack();
        Listen(EchoPort, (_, _) => Task.CompletedTask);
        var client = Connect(EchoPort);
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);
        Pump(() => Statistics().TimeWaits == 1, "TIME-WAIT");
        Assert.Equal((0, 1L), Statistics() is var waiting ? (waiting.Connections, waiting.TcpExt["TW"]) : default);

        var record = client.Tcp.Export(Transport.Tcp.ExportScope.Bare, Time);
        var old = Segment("10.0.0.1", client.Tcp.Flow.Local.Port, EchoPort, TcpFlags.Fin | TcpFlags.Ack, record.Send.SndMax - 1,
            record.Receive.RcvNxt);
        Peer.Segments.Clear();
        Peer.Send(old);
        Pump(() => Peer.Segments.Count == 1, "the acknowledgment");
        Assert.Equal(record.Send.SndMax, Peer.Segments[0].Acknowledgment.Value);

        Peer.Send(old with { Flags = TcpFlags.Syn, Sequence = new SequenceNumber(record.Send.SndMax + 1_000) });
        Pump(() => Peer.Segments.Count == 2, "the answer");
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, Peer.Segments[1].Flags);
        Assert.Equal(record.Receive.RcvNxt + 65_537, Peer.Segments[1].Sequence.Value);
        Assert.Equal((0, 1L), Statistics() is var reused ? (reused.TimeWaits, reused.TcpExt["TWRecycled"]) : default);
    }

    [Fact]
    public void A_connection_in_the_handshake_is_shown_and_cannot_move()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 1));
        Pump(() => Peer.Segments.Count == 1, "the answer");

        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 2u), (Peer.Segments[0].Flags, Peer.Segments[0].Acknowledgment.Value));
        Assert.Equal(("Handshaking", TcpState.SynReceived),
            SingleConnection() is var snapshot ? (snapshot.Phase, snapshot.State) : default);
        Assert.Equal(FailureCode.NotNow, Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-1", "toe")).Code);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Rst, 2));
        Pump(() => Statistics().Connections == 0, "the end");
    }

    [Fact]
    public void The_stack_holds_no_more_connections_than_it_may()
    {
        StartStack(Settings with { MaximumConnections = 3 });
        Listen(EchoPort, Applications.Echo);
        var clients = Enumerable.Range(0, 5).Select(_ => Peer.Connect(Server, EchoPort)).ToList();
        Settle();

        Pump(() => clients.Count(client => client.State == TcpState.Established) == 3, "three");
        Assert.Equal(2, Statistics().Dropped["TooManyConnections"]);
    }

    [Fact]
    public void Every_listener_serves_every_address()
    {
        string[] addresses = [Server, "10.9.0.2", ServerIPv6];
        StartStack(Settings with { Addresses = [.. addresses.Select(IpAddress.Parse)] });
        ushort[] ports = [EchoPort, EchoPort + 1, EchoPort + 2];
        foreach (var port in ports) Listen(port, Applications.Echo);
        foreach (var address in addresses)
        {
            foreach (var port in ports) EchoRoundTrip(Connect(port, address), 1_000);
        }

        var served = Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: false))
            .Connections.Select(connection => connection.Local);
        Assert.Equal(9, served.Distinct().Count());
    }

    [Fact]
    public void The_same_port_cannot_be_listened_on_twice()
    {
        StartEcho();

        var failed = Ask<StackProtocol.Failed>(
            new StackProtocol.Listen(new ListenerSettings("other", EchoPort, Applications.Echo)));

        Assert.Equal((FailureCode.PortInUse, "port 7 is taken by service 'service-7'; choose another port"),
            (failed.Code, failed.Message));
    }

    [Fact]
    public void What_is_malformed_or_not_for_this_host_is_counted_and_does_no_harm()
    {
        var client = StartEcho();
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var packet = new byte[random.Next(1, 200)];
            random.NextBytes(packet);
            if (packet.Length > 40 && i % 2 == 0) packet[0] = 0x45;
            Peer.SendFrame(packet);
        }

        Peer.Send(Segment("10.0.0.9", 1, 7, TcpFlags.Syn, 1) with
        {
            Flow = new FlowKey(new TcpEndpoint(IpAddress.Parse("10.0.0.9"), 1), new TcpEndpoint(IpAddress.Parse("10.9.0.77"), 7)),
        });

        EchoRoundTrip(client, 10_000);
        Assert.True(Statistics().Dropped.Where(drop => drop.Key.StartsWith("Malformed", StringComparison.Ordinal))
            .Sum(drop => drop.Value) > 1_900);
        Assert.Equal(1, Statistics().Dropped["ForeignAddress"]);
        Assert.Equal(1, Statistics().Connections);
    }

    [Fact]
    [Rfc(1122, "3.2.2.6")]
    public void Echo_requests_are_answered_up_to_a_rate()
    {
        StartStack();
        byte[] request =
        [
            0x45, 0, 0, 32, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 9, 0, 1,
            8, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4,
        ];
        Checksum(request.AsSpan(0, 20), 10);
        Checksum(request.AsSpan(20), 2);
        for (var i = 0; i < 1_500; i++) Peer.SendFrame(request);
        Pump(() => Statistics().Dropped.GetValueOrDefault("EchoRate") == 500, "the limit");

        Assert.Equal(1_000, Peer.OtherPackets.Count(kind => kind == PacketKind.Icmp));
    }

    [Fact]
    public void A_peer_that_sends_garbage_into_its_own_connection_hurts_only_itself()
    {
        var bystander = StartEcho();
        var client = Connect(EchoPort);
        var random = new Random(2);
        for (var i = 0; i < 5_000; i++)
        {
            var segment = Segment("10.0.0.1", client.Tcp.Flow.Local.Port, EchoPort, (TcpFlags)random.Next(256),
                (uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(uint.MaxValue));
            segment.Window = (ushort)random.Next(65536);
            Peer.Send(segment);
            if (i % 50 == 0) Settle();
        }

        EchoRoundTrip(bystander, 10_000);
    }

    private static void Checksum(Span<byte> bytes, int at)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2) sum += (uint)(bytes[i] << 8 | bytes[i + 1]);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        (bytes[at], bytes[at + 1]) = ((byte)(~sum >> 8), (byte)~sum);
    }
}
