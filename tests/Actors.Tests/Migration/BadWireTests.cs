using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Tests.Migration;

public class BadWireTests : StackTest
{
    private const int Bytes = 400_000;

    private static readonly WireImpairments Bad = WireImpairments.None with
    {
        Delay = TimeSpan.FromMilliseconds(5),
        Loss = 0.02,
        Reordering = 0.05,
        Duplication = 0.01,
    };

    public static TheoryData<int> Batches => [.. Enumerable.Range(0, 5)];

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_connection_that_moves_all_the_time_loses_nothing_on_a_bad_wire(int batch)
    {
        const int Seeds = 20;
        for (var seed = batch * Seeds; seed < (batch + 1) * Seeds; seed++) Transfer(seed);
    }

    private void Transfer(int seed)
    {
        Wire = new InMemoryWire(new InMemoryWireOptions { Seed = seed }, Clock);
        Peer = new Peer(Wire.Right, Clock);
        Engine = new FakeEngine("toe", Wire.Left, TcpSettings.Default, Clock);
        StartStack(Settings, $"stack-{seed}");
        Listen(EchoPort, Applications.Echo);
        var client = Connect(EchoPort);
        Wire.LeftToRight = Wire.RightToLeft = Bad;
        client.Write(Bytes, Time);
        client.Close(Time);

        var offloads = false;
        for (var i = 0; i < 3_000 && !client.HasReadAll; i++)
        {
            offloads = !offloads;
            Stack.Tell(offloads ? new StackProtocol.Offload("1-1", "toe") : new StackProtocol.Upload("1-1"), TestActor);
            Advance(TimeSpan.FromMilliseconds(15));
        }

        Assert.True(client.HasReadAll, $"seed {seed}: {client.Received.Count} of {Bytes} bytes came back; {client.State}");
        VerifyEcho(client, Bytes);
        Assert.True(Statistics().Migrations["software -> toe: Completed"] > 1, $"seed {seed}: it did not move");
        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(1)));
        Advance(TimeSpan.FromSeconds(2));
        Await<StackProtocol.Stopped>(stop);
    }
}
