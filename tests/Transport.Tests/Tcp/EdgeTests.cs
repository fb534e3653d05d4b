using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>Rare meetings of windows, FINs, timers and moves, each of which once stalled, leaked or lied.</summary>
public sealed class EdgeTests
{
    [Fact]
    [Rfc(9293, "3.8.6")]
    public void Tiny_segments_do_not_push_the_window_beyond_the_capacity()
    {
        var peer = ScriptedPeer.Established(receiveCapacity: 1 << 20);
        for (var sequence = 1001u; sequence < 2001; sequence++)
        {
            peer.Arrive(TcpFlags.Ack, sequence, 5001, 1);
            peer.Wait(TcpSettings.Default.DelayedAck);
        }

        var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
        Assert.InRange(record.Receive.RcvWup + record.Receive.RcvWnd, 2001u, 1001u + (1 << 20));
    }

    [Fact]
    public void A_large_window_beyond_one_lost_segment_is_kept_whole()
    {
        const uint Segments = 2_800;
        var peer = ScriptedPeer.Established(receiveCapacity: 4 << 20);
        for (var segment = 1u; segment < Segments; segment++) peer.Arrive(TcpFlags.Ack, 1001 + segment * 1460, 5001, 1460);
        Assert.Equal(new SequenceNumber(1001 + Segments * 1460),
            Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 1460)).Acknowledgment);
    }

    [Fact]
    public void A_FIN_taken_at_a_closed_window_leaves_it_closed()
    {
        var peer = ScriptedPeer.Established(receiveCapacity: 1000);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 1000);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 2001, 5001));
        Assert.Equal(new SequenceNumber(2002), answer.Acknowledgment);
        Assert.Equal(0, answer.Window);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
    }

    [Fact]
    public void A_FIN_waits_for_room_in_the_window_as_text_does()
    {
        var peer = ScriptedPeer.Established();
        peer.Window = 10; // 1,280 bytes scaled
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        Assert.Equal(TcpFlags.Psh | TcpFlags.Ack, Assert.Single(peer.Write(1280, close: true)).Flags);
        peer.Window = 0;
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1280));
        for (var probe = 0; probe < 3; probe++)
            Assert.Equal(new SequenceNumber(5000 + 1280), Assert.Single(peer.WaitForTimer()).Sequence);
        peer.Window = 1;
        var fin = Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1280));
        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, fin.Flags);
        Assert.Equal(new SequenceNumber(5001 + 1280), fin.Sequence);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Rfc(9293, "3.10.7.4")]
    public void Simultaneous_closes_at_closed_windows_do_not_answer_each_other_for_ever(int seed)
    {
        var simulation = new TcpSimulation(new SimulationSettings
        {
            Seed = seed,
            Loss = seed > 1 ? 0.2 : 0,
            ClientBytes = 600,
            ServerBytes = 600,
            ReceiveCapacity = 600,
            ReadSize = 85,
            ReadPause = TimeSpan.FromMilliseconds(700),
        });
        simulation.Connect();
        var both = () =>
            simulation.Client.Connection!.State is TcpState.Closed && simulation.Server.Connection?.State is TcpState.Closed;
        Assert.True(
            simulation.Run(TimeSpan.FromMinutes(10), () => both() || simulation.Trace.Count > 200), simulation.ToString());
        Assert.True(simulation.Trace.Count < 200, simulation.ToString());
    }

    [Fact]
    public void A_probe_does_not_settle_an_acknowledgment_that_is_owed()
    {
        var settings = TcpSettings.Default with
        {
            Timestamps = false,
            Options = new SocketOptions { KeepAlive = true, KeepaliveIdle = TimeSpan.FromMilliseconds(10) },
        };
        var peer = ScriptedPeer.Established(settings);
        for (var quick = 0; quick < 16; quick++) peer.Arrive(TcpFlags.Ack, 1001 + (uint)quick, 5001, 1);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1017, 5001, 1));
        var output = peer.Wait(settings.Options.KeepaliveIdle);
        Assert.Equal(2, output.Count);
        Assert.Equal(new SequenceNumber(5000), output[0].Sequence); // the peer drops it, and its acknowledgment too
        Assert.Equal(new SequenceNumber(5001), output[1].Sequence);
        Assert.Equal(new SequenceNumber(1018), output[1].Acknowledgment);
    }

    [Fact]
    [Rfc(9293, "3.8.6.1")]
    public void A_closed_window_of_a_peer_that_fell_silent_is_given_up()
    {
        var peer = ScriptedPeer.Established();
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(100);
        var start = peer.Now;
        while (peer.Connection.State is not TcpState.Closed && peer.Now - start < TimeSpan.FromHours(1)) peer.WaitForTimer();
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(9293, "3.8.6.1")]
    public void A_closed_window_of_a_peer_that_answers_is_probed_for_ever()
    {
        var peer = ScriptedPeer.Established();
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(100);
        for (var probe = 0; probe < 100; probe++)
        {
            peer.WaitForTimer();
            peer.Arrive(TcpFlags.Ack, 1001, 5001);
        }

        peer.Window = 1;
        Assert.Equal(100, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001)).Payload.Length);
    }

    [Fact]
    public void A_link_that_takes_less_than_the_peer_is_filled()
    {
        var peer = ScriptedPeer.Established(TcpSettings.Default with { MaximumSegmentPayload = 500, Timestamps = false });
        Assert.Equal(14_500, peer.Write(100_000).Sum(segment => segment.Payload.Length));
    }

    [Fact]
    [Rfc(6298, "3")]
    public void A_round_trip_beyond_the_timeout_is_learned_without_timestamps()
    {
        var simulation = new TcpSimulation(new SimulationSettings
        {
            Delay = TimeSpan.FromMilliseconds(700),
            Tcp = TcpSettings.Default with { Timestamps = false },
            ClientBytes = 200_000,
            ServerBytes = 0,
        });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(10)), simulation.ToString());
        Assert.InRange(simulation.Client.Connection!.Info.Retransmissions, 0, 20);
    }

    [Fact]
    public void A_lost_acknowledgment_does_not_add_the_timeout_to_the_round_trip()
    {
        var peer = ScriptedPeer.Established(timestamps: true);
        peer.Write(100);
        var original = peer.Now;
        peer.WaitForTimer();
        peer.Wait(TimeSpan.FromMilliseconds(10));
        var echo = (uint)(original.Ticks / TimeSpan.TicksPerMillisecond); // of the original: its acknowledgment was lost
        var options = new TcpOptions { HasTimestamps = true, TimestampValue = 2000, TimestampEcho = echo };
        peer.Arrive(TcpFlags.Ack, 1001, 5101, options: options);
        Assert.True(peer.Connection.Info.RoundTripTime < TimeSpan.FromMilliseconds(50), $"{peer.Connection.Info.RoundTripTime}");
    }

    [Fact]
    public void A_recovery_that_is_over_is_forgotten_before_its_sequence_number_comes_round()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(14_600);
        peer.WaitForTimer(); // the loss probe
        peer.WaitForTimer();
        Assert.True(peer.Connection.Export(ExportScope.Whole, peer.Now).Recovery.HasRecoveryPoint);
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 14_600);
        Assert.False(peer.Connection.Export(ExportScope.Whole, peer.Now).Recovery.HasRecoveryPoint);
    }

    [Fact]
    [Rfc(5681, "4.2")]
    public void Small_segments_of_a_peer_with_a_small_MSS_are_acknowledged_in_pairs()
    {
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Mtu = 9000, Timestamps = false });
        var sequence = 1001u;
        for (var quick = 0; quick < 16; quick++, sequence += 1460) peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460);
        peer.Read(int.MaxValue);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460));
        Assert.Single(peer.Arrive(TcpFlags.Ack, sequence + 1460, 5001, 1460));
    }

    [Fact]
    public void A_connection_moved_to_a_link_with_a_smaller_MTU_keeps_within_it_and_goes_on_at_once()
    {
        var peer = ScriptedPeer.Established();
        var state = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var image = new ConnectionImage(state with { Congestion = state.Congestion with { Cwnd = 100 } }, ConnectionPayload.None);
        peer.Send.Write(new byte[10_000]);
        var moved = TcpConnection.Import(
            image, TcpSettings.Default with { Mtu = 1280, MaximumSegmentPayload = 1240 }, peer.Send, peer.Receive, peer.Now);
        Assert.True(moved.TryTransmit(peer.Now, out var segment));
        Assert.Equal(1240, segment.Payload.Length);
        Assert.Equal(1240, segment.MaximumPayload);
    }

    [Fact]
    public void A_peer_that_never_closes_does_not_hold_a_connection_that_the_application_left()
    {
        var peer = ScriptedPeer.Established();
        peer.Receive.IsAbandoned = true;
        peer.Write(0, close: true);
        peer.Arrive(TcpFlags.Ack, 1001, 5002);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.WaitForTimer();
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }
}
