using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Persistence;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class WaitingWritesTests
{
    private const int EndedKept = 100;
    private readonly WaitingWrites _waiting = new(EndedKept);

    [Fact]
    public void Whole_lives_that_wait_are_bounded_by_the_ends_that_are_kept()
    {
        var needless = new List<WriteMessages>();
        for (var life = 1; life <= 50_000; life++)
        {
            needless.AddRange(_waiting.Add(Write(life, 1, Opened)));
            needless.AddRange(_waiting.Add(Write(life, 2, Closed)));
            Assert.InRange(_waiting.Count, 1, 4_000);
        }

        Assert.Equal(100_000, needless.Count + _waiting.Count);
        Assert.Equal(Enumerable.Range(1, needless.Count / 2), needless.Select(Life).Distinct()); // the oldest
    }

    [Fact]
    public void Connections_that_live_are_never_needless()
    {
        for (var life = 1; life <= 10_000; life++) Assert.Empty(_waiting.Add(Write(life, 1, Opened)));
        Assert.Equal(10_000, Drain().Count);
    }

    [Fact]
    public void The_end_of_a_connection_whose_beginning_is_written_is_never_needless()
    {
        for (var life = 1; life <= 10_000; life++) Assert.Empty(_waiting.Add(Write(life, 2, Closed)));
        Assert.Equal(10_000, Drain().Count);
    }

    [Fact]
    public void What_waits_is_taken_in_order_and_in_parts()
    {
        for (var life = 1; life <= 2_500; life++) _waiting.Add(Write(life, 1, Opened));
        Assert.Equal(1_000, _waiting.Take().Length);
        Assert.Equal(Enumerable.Range(1_001, 1_500), Drain().Select(Life));
    }

    private static object Opened => new ConnectionEvents.Opened("1-1", "10.9.0.1:7", "10.9.0.2:40000", "echo", default);

    private static object Closed => new ConnectionEvents.Closed("done", 1, 2, default);

    private static int Life(WriteMessages write) => int.Parse(WaitingWrites.EventsOf(write).Single().PersistenceId);

    private static WriteMessages Write(int life, long sequenceNumber, object payload) => new(
        [new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(new Persistent(payload, sequenceNumber, $"{life}")))],
        ActorRefs.Nobody, 1);

    private List<WriteMessages> Drain()
    {
        var all = new List<WriteMessages>();
        while (_waiting.Count > 0) all.AddRange(_waiting.Take());
        return all;
    }
}
