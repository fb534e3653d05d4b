using ActorStack.Actors.Persistence;
using ActorStack.Tests.Common;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class TransientJournalTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create(
        "transient", TransientJournal.Configuration.WithFallback(ActorStackReference.Config));

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task Keeps_a_connection_that_is_open()
    {
        await Tell("connection-1-1", Opened());
        Assert.Equal("1-1", (await Start("connection-1-1").Ask<ConnectionHistory>("history", Patience.Limit)).Id);
    }

    [Fact]
    public async Task Forgets_a_connection_that_closed()
    {
        await Tell("connection-1-1", Opened(), new ConnectionEvents.Closed("done", 1, 2, default));
        Assert.Equal("none", await Start("connection-1-1").Ask<string>("history", Patience.Limit));
    }

    private IActorRef Start(string persistenceId) => _system.ActorOf(Props.Create<LifeActor>(persistenceId));

    private async Task Tell(string persistenceId, params IConnectionEvent[] events)
    {
        var actor = Start(persistenceId);
        foreach (var next in events) await actor.Ask<ConnectionHistory>(next, Patience.Limit);
        await actor.GracefulStop(Patience.Limit);
    }

    private static ConnectionEvents.Opened Opened() => new("1-1", "10.9.0.1:7", "10.9.0.2:40000", "echo", default);
}
