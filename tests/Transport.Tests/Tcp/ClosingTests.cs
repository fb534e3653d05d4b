using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>RFC 9293 section 3.6.</summary>
public sealed class ClosingTests
{
    [Fact]
    [Rfc(9293, "3.6")]
    public void Closing_first_goes_over_both_FIN_WAITs_to_TIME_WAIT()
    {
        var peer = ScriptedPeer.Established();
        var fin = Assert.Single(peer.Write(100, close: true));
        Assert.Equal(TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Ack, fin.Flags);
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
        peer.Arrive(TcpFlags.Ack, 1001, 5102);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.Arrive(TcpFlags.Ack, 1001, 5102, 50);
        Assert.Equal(50, peer.Receive.Unread);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1051, 5102));
        Assert.Equal(new SequenceNumber(1052), answer.Acknowledgment);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        Assert.True(peer.Receive.IsCompleted);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void TIME_WAIT_answers_a_repeated_FIN_and_starts_its_time_anew()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(0, close: true);
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5002);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        peer.Wait(TimeSpan.FromSeconds(30));
        Assert.Equal(
            new SequenceNumber(1002), Assert.Single(peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5002)).Acknowledgment);
        peer.Wait(TimeSpan.FromSeconds(59));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        peer.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    /// <summary>The FIN has number 1151, and the text before 1101 is missing. What lies beyond 1151 is no text.</summary>
    [Theory]
    [InlineData("FIN, beyond, missing")]
    [InlineData("beyond, FIN, missing")]
    [InlineData("late FIN, FIN, beyond, missing")]
    [InlineData("FIN, late FIN, beyond, missing")]
    [InlineData("FIN, missing and beyond")]
    [Rfc(9293, "3.10.7.4")]
    public void Text_ends_at_the_FIN_whatever_else_the_peer_sends_beyond_it(string order)
    {
        foreach (var isMoved in (bool[])[false, true])
        {
            var peer = ScriptedPeer.Established();
            foreach (var step in order.Split(", "))
            {
                if (isMoved) peer.Move();
                peer.Output();
                switch (step)
                {
                    case "FIN":
                        peer.Take(TcpFlags.Fin | TcpFlags.Ack, 1101, 5001, 50);
                        break;
                    case "late FIN":
                        peer.Take(TcpFlags.Fin | TcpFlags.Ack, 1201, 5001, 50);
                        break;
                    case "beyond":
                        peer.Take(TcpFlags.Ack, 1151, 5001, 50);
                        break;
                    case "missing":
                        peer.Take(TcpFlags.Ack, 1001, 5001, 100);
                        break;
                    default:
                        peer.Take(TcpFlags.Ack, 1001, 5001, 300);
                        break;
                }
            }

            Assert.Equal(new SequenceNumber(1152), Assert.Single(peer.Output()).Acknowledgment);
            Assert.Equal(TcpState.CloseWait, peer.Connection.State);
            Assert.Equal(TestPattern.Take(1001, 150, salt: 3), peer.Receive.Read(1_000));
        }
    }

    [Fact]
    [Rfc(9293, "3.6")]
    public void Closing_second_goes_over_CLOSE_WAIT_and_LAST_ACK()
    {
        var peer = ScriptedPeer.Established();
        Assert.Single(peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5001));
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        Assert.Equal(TcpEvents.PeerClosed, peer.Connection.TakeEvents());
        peer.Write(200_000);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        var acknowledged = 5001u + 14_600;
        while (peer.Connection.Info.BytesSent < 200_000)
        {
            var sent = peer.Arrive(TcpFlags.Ack, 1002, acknowledged);
            if (sent.Count > 0) acknowledged = (sent[^1].Sequence + (int)sent[^1].Payload.Length).Value;
        }

        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, Assert.Single(peer.Write(0, close: true)).Flags);
        Assert.Equal(TcpState.LastAck, peer.Connection.State);
        peer.Arrive(TcpFlags.Ack, 1002, 5001 + 200_000 + 1);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Null(peer.Connection.Error);
    }

    [Fact]
    [Rfc(9293, "3.6")]
    public void Simultaneous_closes_go_over_CLOSING()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(0, close: true);
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5001);
        Assert.Equal(TcpState.Closing, peer.Connection.State);
        peer.Arrive(TcpFlags.Ack, 1002, 5002);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void A_FIN_beyond_a_gap_is_taken_when_the_gap_is_filled()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1101, 5001, 100);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(new SequenceNumber(1202), Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 100)).Acknowledgment);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        Assert.Equal(200, peer.Receive.Unread);
    }

    [Fact]
    public void A_FIN_that_the_last_owner_took_is_told_to_the_reader_by_the_next()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5001);
        var image = peer.Connection.Capture(ExportScope.Whole, peer.Now);
        var receive = new SimulatedReceiveQueue(64 * 1024);
        TcpConnection.Import(image, TcpSettings.Default, new SimulatedSendQueue(1000), receive, peer.Now);
        Assert.True(receive.IsCompleted);
    }

    [Fact]
    public void A_lost_FIN_is_resent()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(0, close: true);
        var again = Assert.Single(peer.WaitForTimer());
        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, again.Flags);
        Assert.Equal(new SequenceNumber(5001), again.Sequence);
    }

    [Fact]
    [Rfc(9293, "3.10.5")]
    public void An_abort_sends_one_RST_and_tells_the_reader()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(10);
        var error = new InvalidOperationException("enough");
        peer.Connection.Abort(error, peer.Now);
        var reset = Assert.Single(peer.Output());
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(new SequenceNumber(5011), reset.Sequence);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Same(error, peer.Receive.Error);
        Assert.Null(peer.Connection.NextDeadline);
    }
}
