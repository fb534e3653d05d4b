using ActorStack.Actors.Tests.Support;
using ActorStack.TestKit;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>The application returns: by a FIN where it read all that came, else by a RST (RFC 9293 section 3.6.1).</summary>
public sealed class LeavingTests : StackTest
{
    private const int Sent = 10_000;

    private readonly TaskCompletionSource _leave = new();

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void An_application_that_returns_before_it_has_read_all_resets_the_connection_at_once()
    {
        var client = Serve(readsTo: Sent - 1);
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
        var client = Serve(readsTo: Sent);
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

    /// <summary>A client that sent and closed, and an application that read so much.</summary>
    private PeerConnection Serve(int readsTo)
    {
        StartStack();
        Listen(EchoPort, async (connection, stopping) =>
        {
            var read = await connection.Pipe.Input.ReadAtLeastAsync(Sent, stopping);
            connection.Pipe.Input.AdvanceTo(read.Buffer.GetPosition(readsTo));
            await _leave.Task;
        });
        var client = Connect(EchoPort);
        client.Write(Sent, Time);
        client.Close(Time);
        Settle();
        return client;
    }
}
