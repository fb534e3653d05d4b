using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

[Collection(AloneCollection.Name)]
public sealed class MemoryTests : StackTest
{
    /// <summary>Actor, mailbox, pipes, TCP state and a waiting application, all told.</summary>
    private const int Budget = 10_000;

    [Fact]
    public void An_idle_connection_stays_within_its_budget()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo, backlog: 10_000);
        Open(100, firstPort: 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        const int Count = 2_000;
        Open(Count, firstPort: 1_000);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.InRange(each, 1, Budget);
    }

    /// <summary>What the test itself remembers does not count.</summary>
    private void Forget()
    {
        Peer.Segments.Clear();
        Peer.Flows.Clear();
        Journal.Events.Clear();
    }

    private void Open(int count, ushort firstPort)
    {
        var opened = Statistics().Opened + count;
        for (var port = firstPort; port < firstPort + count; port++)
            Peer.Send(Segment("10.0.0.9", port, EchoPort, TcpFlags.Syn, 1));
        Pump(() => Peer.Segments.Count == count, "the answers");
        foreach (var (answer, flow) in Peer.Segments.Zip(Peer.Flows))
            Peer.Send(Segment("10.0.0.9", flow.Local.Port, EchoPort, TcpFlags.Ack, 2, answer.Sequence.Value + 1));
        Forget();
        Pump(() => Statistics().Opened == opened, "all to open");
        Forget();
    }
}
