using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// RFC 9293 section 3.6.1: "If such a host issues a CLOSE call while received data is still pending in the TCP connection, or if
/// new data is received after CLOSE is called, its TCP implementation SHOULD send a RST to show that data was lost."
/// </summary>
public sealed class LostDataTests
{
    private readonly TcpCounters _counters = new();

    [Theory]
    [InlineData(TcpState.Established, 5001)]
    [InlineData(TcpState.CloseWait, 5001)]
    [InlineData(TcpState.FinWait1, 5002)]
    [InlineData(TcpState.FinWait2, 5002)]
    [InlineData(TcpState.Closing, 5002)]
    [InlineData(TcpState.LastAck, 5002)]
    [Rfc(9293, "3.6.1")]
    [Rfc(2525, "2.17")]
    public void Closing_both_ways_before_all_is_read_sends_a_RST_at_once(TcpState state, uint sequence)
    {
        var peer = In(state);
        var reset = Assert.Single(Leave(peer));
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(new SequenceNumber(sequence), reset.Sequence);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.NotNull(peer.Connection.Error);
        Assert.Null(peer.Connection.NextDeadline);
        Assert.Equal(1, _counters[TcpExt.TCPAbortOnClose]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(2525, "2.17")]
    public void What_was_still_to_be_sent_is_given_up_in_whatever_order_it_closes(bool readingFirst)
    {
        var peer = Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        var sent = peer.Write(100_000);
        var reset = Assert.Single(readingFirst ? Leave(peer) : [.. peer.Write(0, close: true), .. Leave(peer)]);
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(sent[^1].Sequence + (int)sent[^1].Payload.Length, reset.Sequence);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void Having_read_all_the_connection_closes_with_a_FIN()
    {
        var peer = In(TcpState.Established);
        peer.Read(10);
        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, Leave(peer)[^1].Flags);
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void Text_that_it_has_already_is_acknowledged_and_ends_nothing_when_both_ways_are_closed()
    {
        var peer = In(TcpState.Established);
        peer.Read(10);
        Leave(peer);
        Assert.Equal(TcpFlags.Ack, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 10)).Flags);
        var reply = Assert.Single(peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5001, 10));
        Assert.Equal((TcpFlags.Ack, new SequenceNumber(1012)), (reply.Flags, reply.Acknowledgment));
        Assert.Equal(TcpState.Closing, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void New_text_behind_old_sends_a_RST_when_both_ways_are_closed()
    {
        var peer = In(TcpState.Established);
        peer.Read(10);
        Leave(peer);
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 11)).Flags);
        Assert.Equal(1, _counters[TcpExt.TCPAbortOnData]);
    }

    [Fact]
    [Rfc(9293, "3.6")]
    public void Closing_only_the_writing_side_leaves_what_is_unread_to_be_read()
    {
        var peer = In(TcpState.Established);
        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, Assert.Single(peer.Write(0, close: true)).Flags);
        peer.Arrive(TcpFlags.Ack, 1011, 5002, 20);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        Assert.Equal(30, peer.Receive.Unread);
        peer.Read(30);
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1031, 5002);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        Assert.Null(peer.Receive.Error);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void Reading_no_more_resets_only_when_the_writing_side_closes()
    {
        var peer = Established();
        peer.Receive.IsAbandoned = true;
        peer.Connection.OnApplicationRead(peer.Now);
        Assert.Equal(new SequenceNumber(1011), Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 10)).Acknowledgment);
        Assert.Equal(100, Assert.Single(peer.Write(100)).Payload.Length);
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Write(0, close: true)).Flags);
    }

    [Fact]
    public void Data_that_is_lost_stays_lost_and_closes_no_window()
    {
        var peer = In(TcpState.Established);
        peer.Receive.IsAbandoned = true;
        Assert.Equal((0, true), (peer.Receive.Unread, peer.Receive.HasLostData));
        peer.Read(10);
        Assert.Equal(TcpFlags.Rst, Assert.Single(Leave(peer)).Flags);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void Data_lost_elsewhere_is_shown_by_the_stack_that_the_connection_comes_to()
    {
        var peer = In(TcpState.Established);
        peer.Move();
        peer.Receive.IsAbandoned = true;
        peer.Send.Complete();
        peer.Connection.Resume(peer.Now);
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Output()).Flags);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    [Fact]
    public void A_connection_in_TIME_WAIT_has_nothing_more_to_say()
    {
        var peer = In(TcpState.FinWait2);
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1011, 5002);
        Assert.Empty(Leave(peer));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
    }

    [Fact]
    public void Data_that_is_lost_goes_before_SO_LINGER()
    {
        var peer = Established(new SocketOptions { Linger = TimeSpan.Zero });
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        Assert.Equal(TcpFlags.Rst, Assert.Single(Leave(peer)).Flags);
        Assert.Equal((1, 0), (_counters[TcpExt.TCPAbortOnClose], _counters[TcpExt.TCPAbortOnLinger]));
    }

    /// <summary>With ten bytes that the application has not read.</summary>
    private ScriptedPeer In(TcpState state)
    {
        var peer = Established();
        var fin = TcpFlags.None;
        if (state is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing) peer.Write(0, close: true);
        if (state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck) fin = TcpFlags.Fin;
        peer.Arrive(TcpFlags.Ack | fin, 1001, state is TcpState.FinWait2 ? 5002u : 5001, 10);
        if (state is TcpState.LastAck) peer.Write(0, close: true);
        Assert.Equal(state, peer.Connection.State);
        return peer;
    }

    private ScriptedPeer Established(SocketOptions? options = null) => ScriptedPeer.Established(TcpSettings.Default with
    {
        Options = options ?? SocketOptions.Default,
        Counters = _counters,
    });

    private static List<OutboundSegment> Leave(ScriptedPeer peer)
    {
        peer.Receive.IsAbandoned = true;
        peer.Connection.OnApplicationRead(peer.Now);
        if (!peer.Send.IsCompleted) peer.Send.Complete();
        peer.Connection.OnApplicationWrote(peer.Now);
        return peer.Output();
    }
}
