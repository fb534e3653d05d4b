using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>What an application settles, at the start and while the connection lives; each also after a move.</summary>
public sealed class SocketOptionsTests
{
    [Fact]
    [Rfc(9293, "3.7.4")]
    public void A_cork_holds_back_what_is_no_full_segment_for_200_ms_RFC_9293_section_3_7_4()
    {
        var peer = Start(new SocketOptions { Cork = true });
        Assert.Equal([1460], Lengths(peer.Write(2_000)));
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 6461));
        peer.Move();
        Assert.Empty(peer.Wait(TimeSpan.FromMilliseconds(199)));
        peer.Move();
        Assert.Equal([540], Lengths(peer.Wait(TimeSpan.FromMilliseconds(1))));
        Assert.Empty(peer.Write(10));
    }

    [Fact]
    public void Without_the_cork_the_rest_follows_at_once()
    {
        var peer = Start(new SocketOptions { Cork = true });
        Assert.Empty(peer.Write(100));
        peer.Move();
        Assert.Equal([100], Lengths(Set(peer, options => options with { Cork = false })));
    }

    [Fact]
    public void Setting_TCP_NODELAY_sends_what_the_cork_holds_back()
    {
        var peer = Start(new SocketOptions { Cork = true, NoDelay = false });
        Assert.Empty(peer.Write(100));
        Assert.Equal([100], Lengths(Set(peer, options => options with { NoDelay = true })));
        Assert.Empty(peer.Write(50));
    }

    [Fact]
    public void A_cork_does_not_hold_back_the_end()
    {
        var peer = Start(new SocketOptions { Cork = true });
        var last = Assert.Single(peer.Write(100, close: true));
        Assert.True(last.Has(TcpFlags.Fin));
    }

    [Fact]
    [Rfc(9293, "3.7.4")]
    public void Nagles_algorithm_ends_with_TCP_NODELAY_RFC_9293_section_3_7_4()
    {
        var peer = Start(new SocketOptions { NoDelay = false });
        Assert.Equal([100], Lengths(peer.Write(100)));
        Assert.Empty(peer.Write(50));
        peer.Move();
        Assert.Equal([50], Lengths(Set(peer, options => options with { NoDelay = true })));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [Rfc(9293, "3.8.6.3")]
    public void TCP_QUICKACK_says_when_a_segment_is_acknowledged_RFC_9293_section_3_8_6_3(bool quick, int acknowledgments)
    {
        var peer = Start(new SocketOptions { QuickAck = quick });
        for (uint i = 0; i < 40; i++)
        {
            peer.Move();
            Assert.Equal(acknowledgments, peer.Arrive(TcpFlags.Ack, 1001 + i * 100, 5001, 100).Count);
            if (!quick) Assert.Single(peer.WaitForTimer());
        }
    }

    [Fact]
    public void A_delayed_acknowledgment_leaves_at_once_where_TCP_QUICKACK_is_set()
    {
        var peer = Start(new SocketOptions { QuickAck = false });
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 5001, 100));
        Assert.Single(Set(peer, options => options with { QuickAck = true }));
    }

    [Fact]
    [Rfc(9293, "3.9.1.6")]
    public void A_connection_that_lingers_for_no_time_is_aborted_RFC_9293_section_3_9_1_6()
    {
        var peer = Start(new SocketOptions { Linger = TimeSpan.Zero });
        Leave(peer);
        var reset = Assert.Single(peer.Output());
        Assert.Equal((TcpFlags.Rst, 5001u), (reset.Flags, reset.Sequence.Value));
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    [Fact]
    public void A_closed_output_alone_is_no_end_to_linger_on()
    {
        var peer = Start(new SocketOptions { Linger = TimeSpan.Zero });
        Assert.True(Assert.Single(peer.Write(10, close: true)).Has(TcpFlags.Fin));
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
    }

    [Fact]
    public void What_is_not_acknowledged_when_the_time_to_linger_is_over_is_given_up_with_a_RST()
    {
        var peer = Start(new SocketOptions { Linger = TimeSpan.FromSeconds(5) });
        peer.Write(10_000);
        Leave(peer);
        Assert.True(Assert.Single(peer.Output()).Has(TcpFlags.Fin));
        var left = peer.Now + TimeSpan.FromSeconds(5);
        while (peer.Connection.State is not TcpState.Closed)
        {
            peer.Move();
            if (peer.WaitForTimer() is [{ Flags: TcpFlags.Rst }]) break;
        }

        Assert.Equal(left, peer.Now);
        Assert.Equal(SocketError.ConnectionAborted, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    public void A_connection_whose_peer_took_everything_lingers_no_longer()
    {
        var peer = Start(new SocketOptions { Linger = TimeSpan.FromSeconds(5) });
        Leave(peer);
        Assert.True(Assert.Single(peer.Output()).Has(TcpFlags.Fin));
        peer.Arrive(TcpFlags.Ack, 1001, 5002);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        Assert.Empty(peer.Wait(TimeSpan.FromSeconds(6)));
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
    }

    [Fact]
    public void No_more_connections_go_on_without_an_application_than_may()
    {
        var orphans = new OrphanLimit(1);
        var settings = Settings(SocketOptions.Default) with { Orphans = orphans };
        var (first, second, third) =
            (ScriptedPeer.Established(settings), ScriptedPeer.Established(settings), ScriptedPeer.Established(settings));
        Leave(first);
        Assert.True(Assert.Single(first.Output()).Has(TcpFlags.Fin));
        Leave(second);
        Assert.Equal(TcpFlags.Rst, Assert.Single(second.Output()).Flags);
        Assert.Equal(1, orphans.Count);
        first.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1001, 5002);
        Assert.Equal((TcpState.TimeWait, 0), (first.Connection.State, orphans.Count));
        Leave(third);
        Assert.True(Assert.Single(third.Output()).Has(TcpFlags.Fin));
        third.Connection.Retire();
        Assert.Equal(0, orphans.Count);
    }

    [Fact]
    public void FIN_WAIT_2_without_an_application_lasts_TCP_LINGER2()
    {
        var peer = Start(new SocketOptions { Linger2 = TimeSpan.FromSeconds(7) });
        Leave(peer);
        peer.Output();
        peer.Arrive(TcpFlags.Ack, 1001, 5002);
        peer.Move();
        peer.Wait(TimeSpan.FromSeconds(6.9));
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.Wait(TimeSpan.FromSeconds(0.1));
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Null(peer.Connection.Error);
    }

    [Fact]
    public void A_deferred_application_begins_with_the_first_data_TCP_DEFER_ACCEPT()
    {
        var peer = StartDeferred();
        peer.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(TcpEvents.None, peer.Connection.TakeEvents());
        peer.Move();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        Assert.Equal(TcpEvents.Established, peer.Connection.TakeEvents());
        peer.Wait(TimeSpan.FromSeconds(60));
        Assert.Equal(TcpEvents.None, peer.Connection.TakeEvents());
    }

    [Fact]
    public void A_deferred_application_begins_with_the_end_where_there_is_no_data()
    {
        var peer = StartDeferred();
        peer.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1001, 5001);
        Assert.Equal(TcpEvents.Established | TcpEvents.PeerClosed, peer.Connection.TakeEvents());
    }

    [Fact]
    public void A_deferred_application_begins_without_data_when_its_time_has_come()
    {
        var peer = StartDeferred();
        peer.Wait(TimeSpan.FromSeconds(2.9));
        peer.Move();
        Assert.Equal(TcpEvents.None, peer.Connection.TakeEvents());
        peer.Wait(TimeSpan.FromSeconds(0.1));
        Assert.Equal(TcpEvents.Established, peer.Connection.TakeEvents());
    }

    [Fact]
    public void TCP_NOTSENT_LOWAT_bounds_what_is_written_and_not_sent()
    {
        var peer = Start(new SocketOptions { NotSentLowWater = 4_000 });
        Assert.Equal(14_600, peer.Write(50_000).Sum(segment => segment.Payload.Length)); // the initial window (RFC 6928)
        Assert.Equal(14_600 + 4_000, peer.Send.Limit);
        Set(peer, options => options with { NotSentLowWater = 0 });
        Assert.Equal(2 * 14_600, peer.Send.Limit);
        Set(peer, options => options with { SendBuffer = 9_000 });
        Assert.Equal(9_000, peer.Send.Limit);
    }

    [Fact]
    [Rfc(9293, "3.7.1")]
    public void TCP_MAXSEG_bounds_what_is_sent_on_a_living_connection_too_RFC_9293_section_3_7_1()
    {
        var peer = Start(new SocketOptions());
        Assert.Equal(1460, Assert.Single(peer.Write(1_460)).MaximumPayload);
        peer.Arrive(TcpFlags.Ack, 1001, 6461);
        Set(peer, options => options with { MaximumSegmentSize = 500 });
        peer.Move();
        Assert.Equal(500, Assert.Single(peer.Write(1_460)).MaximumPayload);
    }

    [Theory]
    [InlineData("reno", "cubic")]
    [InlineData("cubic", "bbr")]
    [InlineData("bbr", "reno")]
    public void TCP_CONGESTION_goes_on_with_the_window_of_the_one_before(string from, string to)
    {
        var peer = Start(new SocketOptions { CongestionAlgorithm = from });
        peer.Write(10_000);
        peer.Arrive(TcpFlags.Ack, 1001, 15_001);
        var window = peer.Connection.Info.CongestionWindow;
        Set(peer, options => options with { CongestionAlgorithm = to });
        var record = peer.Connection.Export(ExportScope.Bare, peer.Now);
        Assert.Equal((to, window), (record.Congestion.Algorithm, record.Congestion.Cwnd));
        peer.Move();
        Assert.Equal(to, peer.Connection.Options.CongestionAlgorithm);
    }

    [Fact]
    public void TCP_CONGESTION_may_change_in_the_middle_of_a_recovery()
    {
        foreach (var from in CongestionControls.Names)
        {
            foreach (var to in CongestionControls.Names)
            {
                var changed = false;
                var settings = new SimulationSettings
                {
                    Loss = 0.05,
                    ClientBytes = 0,
                    ServerBytes = 1_000_000,
                    Tcp = new SimulationSettings().Tcp with { Options = new SocketOptions { CongestionAlgorithm = from } },
                };
                var simulation = new TcpSimulation(settings)
                {
                    AfterInput = (endpoint, now) =>
                    {
                        if (changed || endpoint.Name != "server"
                            || endpoint.Connection!.Export(ExportScope.Bare, now).Recovery.State != 3)
                        {
                            return;
                        }

                        changed = true;
                        endpoint.Connection.SetOptions(endpoint.Connection.Options with { CongestionAlgorithm = to }, now);
                    },
                };
                simulation.Connect();
                Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(5)), $"{from} to {to}\n{simulation}");
                Assert.True(changed);
            }
        }
    }

    [Fact]
    [Rfc(9293, "3.8.4")]
    public void SO_KEEPALIVE_set_later_counts_from_the_peers_last_segment_RFC_9293_section_3_8_4()
    {
        var peer = Start(new SocketOptions());
        peer.Wait(TimeSpan.FromSeconds(4));
        Set(peer, options => options with
        {
            KeepAlive = true,
            KeepaliveIdle = TimeSpan.FromSeconds(10),
            KeepaliveInterval = TimeSpan.FromSeconds(1),
            KeepaliveCount = 2,
        });
        peer.Move();
        Assert.Equal(TimeSpan.FromSeconds(6), peer.Connection.NextDeadline - peer.Now);
        Assert.Single(peer.WaitForTimer());
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        Set(peer, options => options with { KeepAlive = false });
        Assert.Null(peer.Connection.NextDeadline);
    }

    [Fact]
    public void Hop_limit_and_traffic_class_are_those_of_the_next_segment()
    {
        var peer = Start(new SocketOptions());
        Set(peer, options => options with { HopLimit = 9, TrafficClass = 0xB8 });
        peer.Move();
        var segment = Assert.Single(peer.Write(10));
        Assert.Equal((9, 0xB8), (segment.HopLimit, segment.TrafficClass));
    }

    [Fact]
    public void Every_option_travels_in_the_record()
    {
        var options = new SocketOptions
        {
            NoDelay = false,
            Cork = true,
            QuickAck = false,
            Linger = TimeSpan.FromSeconds(3),
            KeepAlive = true,
            KeepaliveIdle = TimeSpan.FromSeconds(4),
            KeepaliveInterval = TimeSpan.FromSeconds(5),
            KeepaliveCount = 6,
            UserTimeout = TimeSpan.FromSeconds(7),
            Linger2 = TimeSpan.FromSeconds(8),
            DeferAccept = TimeSpan.FromSeconds(9),
            NotSentLowWater = 10,
            MaximumSegmentSize = 1_100,
            CongestionAlgorithm = "bbr",
            MaximumSynRetransmits = 12,
            SendBuffer = 13_000,
            ReceiveBuffer = 14_000,
            HopLimit = 15,
            TrafficClass = 16,
        };
        Assert.Equal(options, SocketOptions.From(options.ApplyTo(new TcpConnectionState()), SocketOptions.Default));
        Assert.Equal(
            SocketOptions.Default, SocketOptions.From(SocketOptions.Default.ApplyTo(new TcpConnectionState()), options with { }));
    }

    private static TcpSettings Settings(SocketOptions options) => TcpSettings.Default with
    {
        Timestamps = false,
        MaximumSegmentPayload = 64 * 1024,
        Options = options,
    };

    private static ScriptedPeer Start(SocketOptions options) => ScriptedPeer.Established(Settings(options));

    private static ScriptedPeer StartDeferred()
    {
        var peer = new ScriptedPeer(Settings(new SocketOptions { DeferAccept = TimeSpan.FromSeconds(3) }));
        peer.Output();
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(TcpEvents.None, peer.Connection.TakeEvents());
        return peer;
    }

    private static List<OutboundSegment> Set(ScriptedPeer peer, Func<SocketOptions, SocketOptions> change)
    {
        peer.Connection.SetOptions(change(peer.Connection.Options), peer.Now);
        return peer.Output();
    }

    private static void Leave(ScriptedPeer peer)
    {
        peer.Receive.IsAbandoned = true;
        peer.Connection.OnApplicationRead(peer.Now);
        peer.Send.Complete();
        peer.Connection.OnApplicationWrote(peer.Now);
    }

    private static IEnumerable<int> Lengths(IEnumerable<OutboundSegment> segments) =>
        segments.Select(segment => (int)segment.Payload.Length);
}
