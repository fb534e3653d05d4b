using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class StatisticsTests
{
    [Fact]
    public void Figures_are_in_the_kernels_units()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(20 * 1460);
        peer.Wait(TimeSpan.FromMilliseconds(20));
        var sack = new TcpOptions { SackCount = 1 };
        sack.Sack[0] = new SackBlock(new(5001 + 2920), new(5001 + 3 * 1460));
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1460, options: sack);
        var seen = peer.Connection.Statistics(peer.Now);
        Assert.Equal((1, 1460L, 1460L), (seen.State, seen.SndMss, seen.BytesAcked));
        Assert.Equal((2_500L, 1L), (seen.Rtt, seen.Sacked)); // an eighth of the 20 ms: the handshake took no time
        Assert.InRange(seen.Unacked, 9, 12);
        Assert.Equal(peer.Connection.Info.CongestionWindow / 1460, seen.SndCwnd);
        Assert.InRange(seen.DeliveryRate, 1, 10 * 1460 * 1000 / 20);
        Assert.Equal(3L, seen.Delivered); // the SYN counts, as in Linux
    }

    [Fact]
    public void What_is_resent_and_what_arrives_beyond_a_gap_is_counted_and_travels()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(1460);
        peer.WaitForTimer();
        peer.WaitForTimer();
        peer.Arrive(TcpFlags.Ack, 1101, 5001, 100);
        var seen = peer.Connection.Statistics(peer.Now);
        Assert.True(seen.BytesRetrans >= 1460, $"{seen.BytesRetrans}");
        Assert.Equal(1460 + seen.BytesRetrans, seen.BytesSent);
        Assert.Equal((1L, 100L), (seen.RcvOoopack, seen.RcvMss));

        var moved = TcpConnection.Import(
            peer.Connection.Capture(ExportScope.Whole, peer.Now), TcpSettings.Default with { MaximumSegmentPayload = 64 * 1024 },
            peer.Send, peer.Receive, peer.Now);
        Assert.Equal(seen, moved.Statistics(peer.Now));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(40, false)]
    public void A_rate_that_the_peers_window_limits_does_not_show_the_path(int windowSegments, bool limited)
    {
        var peer = new ScriptedPeer();
        peer.Output();
        peer.Wait(TimeSpan.FromMilliseconds(20));
        peer.Window = (ushort)((windowSegments * 1460 >> ScriptedPeer.WindowScale) + 1);
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        var sent = peer.Write(1_000_000).Sum(segment => (int)segment.Payload.Length);
        for (var round = 0; round < 3; round++)
        {
            peer.Wait(TimeSpan.FromMilliseconds(20));
            sent += peer.Arrive(TcpFlags.Ack, 1001, 5001 + (uint)sent).Sum(segment => (int)segment.Payload.Length);
        }

        Assert.Equal(limited, peer.Connection.Statistics(peer.Now).DeliveryRateAppLimited);
    }
}
