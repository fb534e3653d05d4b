using ActorStack.Actors.Persistence;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>Actor systems with the journal of a store, and events of connections in it.</summary>
internal static class LifeStories
{
    public static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ActorSystem Start(IConnectionStore store, string overrides = "") => ActorSystem.Create(
        "journal",
        ConfigurationFactory.ParseString($"akka.loglevel = ERROR\n{overrides}")
            .WithFallback(store.Configuration).WithFallback(ActorStackReference.Config));

    public static async Task<IActorRef> LiveAsync(ActorSystem system, string persistenceId, params IConnectionEvent[] events)
    {
        var actor = system.ActorOf(Props.Create<LifeActor>(persistenceId));
        foreach (var next in events) await actor.Ask<ConnectionHistory>(next, Patience.Limit);
        return actor;
    }

    public static ConnectionEvents.Opened Opened(string id) => new(id, "10.9.0.1:7", "10.9.0.2:40000", "echo", At);

    public static ConnectionEvents.Arrived Arrived(string id, long epoch) =>
        new(id, "10.9.0.1:7", "10.9.0.2:40000", "echo", "a", epoch, At);

    public static ConnectionEvents.Closed Closed(string reason) => new(reason, 10, 20, At);

    public static ConnectionEvents.OwnerClaimed Claimed(long epoch) => new(epoch, "software", "toe", "operator", At);
}
