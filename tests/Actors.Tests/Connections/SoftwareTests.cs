using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Connections;

public class SoftwareTests : StackTest
{
    [Theory]
    [InlineData(Server)]
    [InlineData(ServerIPv6)]
    public void A_connection_is_accepted_echoes_and_closes(string server)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        var client = Connect(EchoPort, server);

        EchoRoundTrip(client, 500_000);
        var snapshot = SingleConnection();
        Assert.Equal("Software", snapshot.Phase);
        Assert.Equal("software", snapshot.RunsOn);
        Assert.Equal("1-1", snapshot.Id);
        Assert.Equal(500_000, snapshot.BytesReceived);
        Assert.Equal(500_000, snapshot.BytesSent);

        client.Close(Time);
        Pump(() => client.HasReadAll, "the server's FIN");
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Equal(TcpState.TimeWait, client.State);
        var ended = Assert.Single(Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: true)).Connections);
        Assert.Equal("closed", ended.Ended);
        Assert.Equal(0, Peer.ResetsReceived);
    }
}
