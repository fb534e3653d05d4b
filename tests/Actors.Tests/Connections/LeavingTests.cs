using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>The application returns: by a FIN where it read all that came, else by a RST (RFC 9293 section 3.6.1).</summary>
public class LeavingTests : StackTest
{
    private const int Sent = 10_000;

    private readonly TaskCompletionSource _leave = new();

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void An_application_that_returns_before_it_has_read_all_resets_the_connection_at_once()
    {
        var client = Serve(late: 1);
        Assert.Equal(0, Peer.ResetsReceived);
        _leave.SetResult();
        Settle();
        Assert.Equal(TcpState.Closed, client.State);
        Assert.Equal((1, 0), (Peer.ResetsReceived, Statistics().Connections));
        Assert.Equal(1, Statistics().TcpExt["TCPAbortOnClose"]);
    }

    [Fact]
    [Rfc(9293, "3.6")]
    public void An_application_that_has_read_all_ends_by_a_FIN()
    {
        var client = Serve();
        _leave.SetResult();
        Settle();
        Assert.Equal(TcpState.TimeWait, client.State);
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(Sent - 2)]
    public void An_application_that_was_handed_all_ends_by_a_FIN_whatever_it_consumed(int? consumed)
    {
        var client = Serve(consumed: consumed);
        _leave.SetResult();
        Settle();
        Assert.Equal(TcpState.TimeWait, client.State);
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void Bytes_that_come_back_from_an_engine_to_nobody_reset_the_connection()
    {
        StartStack();
        Listen(EchoPort, (_, _) => _leave.Task);
        var client = Connect(EchoPort);
        Engine.KeepsReceived = true;
        Offload("1-1");
        client.Write(Sent, Time);
        Settle();
        _leave.SetResult();
        Settle();
        Assert.Equal(TcpState.CloseWait, client.State);
        Assert.Equal(Sent, Upload("1-1").UndeliveredBytes);
        Settle();
        Assert.Equal((TcpState.Closed, 1), (client.State, Peer.ResetsReceived));
    }

    /// <summary>
    /// A client that sent and closed, and an application that was handed all but what came late, and consumed so much of it.
    /// </summary>
    private PeerConnection Serve(int? consumed = Sent, int late = 0)
    {
        StartStack();
        Listen(EchoPort, async (connection, stopping) =>
        {
            var read = await connection.Pipe.Input.ReadAtLeastAsync(Sent, stopping);
            if (consumed is { } count) connection.Pipe.Input.AdvanceTo(read.Buffer.GetPosition(count), read.Buffer.End);
            await _leave.Task;
        });
        var client = Connect(EchoPort);
        client.Write(Sent, Time);
        Settle();
        client.Write(late, Time);
        client.Close(Time);
        Settle();
        return client;
    }
}
