using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>What <c>TCP_INFO</c> says of time, marks and reordering.</summary>
public sealed class SendTimeTests
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void Time_is_busy_from_the_first_byte_to_its_acknowledgment()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(1000);
        peer.Wait(Round);
        peer.Arrive(TcpFlags.Ack, 1001, 6001);
        peer.Wait(Round);
        var seen = peer.Connection.Statistics(peer.Now);
        Assert.Equal(((long?)40_000, (long?)0, (long?)0), (seen.BusyTime, seen.RwndLimited, seen.SndbufLimited));
    }

    [Fact]
    public void A_full_window_of_the_peer_is_told_from_the_network_and_travels()
    {
        var peer = ScriptedPeer.Established();
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 1); // new text: the window is taken over
        peer.Write(5000);
        peer.Wait(Round);
        var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var seen = peer.Connection.Statistics(peer.Now);
        Assert.Equal(((long?)40_000, (long?)40_000), (seen.BusyTime, seen.RwndLimited));
        Assert.Equal((2, Round.Ticks), (record.Statistics.SendHold, record.Statistics.PeerLimitedTicks));
    }
}
