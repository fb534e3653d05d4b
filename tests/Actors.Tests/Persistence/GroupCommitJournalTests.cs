using ActorStack.Tests.Common;
using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class GroupCommitJournalTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly JournalScript _script;
    private readonly IActorRef _journal;

    public GroupCommitJournalTests()
        : this($"group-{Guid.NewGuid():N}", new JournalScript())
    {
    }

    private GroupCommitJournalTests(string system, JournalScript script)
        : base(Configure(system, ScriptedJournal.Configure(system, script)), system)
    {
        _script = script;
        _journal = Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(GroupCommitJournal.PluginId);
    }

    [Fact]
    public void What_comes_during_a_commit_is_committed_together()
    {
        var gate = new TaskCompletionSource();
        _script.Attempts.Enqueue(gate.Task);
        Write("1-0");
        for (var number = 1; number <= 10; number++) Write($"1-{number}");
        AwaitHandled();
        gate.SetResult();

        for (var number = 0; number <= 10; number++) ExpectWritten($"1-{number}");
        Assert.Equal([1, 10], _script.Sizes);
    }

    [Fact]
    public void A_commit_that_fails_is_tried_again()
    {
        _script.Attempts.Enqueue(Task.FromException(new IOException("disk full")));
        _script.Attempts.Enqueue(Task.FromException(new IOException("disk full")));
        Write("1-1");
        ExpectWritten("1-1");
        Assert.Equal([1, 1, 1], _script.Sizes);
    }

    [Fact]
    public void The_stacks_are_told_that_the_journal_fails_and_that_it_works_again()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(JournalStatus));
        _script.Attempts.Enqueue(Task.FromException(new IOException("No space left on device", 28)));
        Write("1-1");
        Assert.Equal("No space left on device", ExpectMsg<JournalStatus>(Patience.Limit).Failure?.Message);
        Assert.Null(ExpectMsg<JournalStatus>(Patience.Limit).Failure);
    }

    [Fact]
    public void An_attempt_that_had_only_taken_long_counts_as_written()
    {
        _script.Attempts.Enqueue(Task.FromException(new TimeoutException("slow disk")));
        _script.Attempts.Enqueue(Task.FromException(ScriptedStore.Duplicate));
        _script.Written["connection-1-1"] = Bytes(Opened("1-1"));
        Write("1-1");
        ExpectWritten("1-1");
        Write("1-2");
        ExpectWritten("1-2");
        Assert.Equal([1, 1, 1], _script.Sizes);
    }

    [Fact]
    public void An_event_that_is_another_is_never_taken_for_ones_own()
    {
        var gate = new TaskCompletionSource();
        _script.Attempts.Enqueue(gate.Task);
        _script.Attempts.Enqueue(Task.FromException(ScriptedStore.Duplicate));
        _script.Written["connection-1-1"] = Bytes(Opened("1-2"));
        Write("1-0");
        Write("1-1");
        Write("1-2");
        AwaitHandled();
        gate.SetResult();

        ExpectWritten("1-0");
        ExpectRejected("1-1", "event 1 of connection-1-1 is in the journal, and it is another");
        ExpectWritten("1-2");
        Assert.Equal([1, 2, 1], _script.Sizes);
    }

    [Fact]
    public void A_duplicate_that_nobody_wrote_is_a_failure()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(JournalStatus));
        _script.Attempts.Enqueue(Task.FromException(ScriptedStore.Duplicate));
        Write("1-1");
        Assert.Same(ScriptedStore.Duplicate, ExpectMsg<JournalStatus>(Patience.Limit).Failure);
        Assert.Null(ExpectMsg<JournalStatus>(Patience.Limit).Failure);
        ExpectWritten("1-1");
    }

    [Fact]
    public void A_claim_that_the_store_refuses_is_rejected_and_the_others_are_written()
    {
        var gate = new TaskCompletionSource();
        _script.Attempts.Enqueue(gate.Task);
        _script.Refused.Add("connection-1-1");
        Write("1-0");
        Write("1-1", Claim);
        Write("1-2", Claim);
        AwaitHandled();
        gate.SetResult();

        ExpectWritten("1-0");
        ExpectRejected("1-1", "epoch 3 of 1-1 is not to be had: the store has epoch 7 of owner another");
        ExpectWritten("1-2");
        Assert.Equal([1, 1], _script.Sizes);
    }

    [Fact]
    public void A_store_that_cannot_be_reached_delays_claims_and_is_told()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(JournalStatus));
        _script.StoreFailures.Enqueue(new IOException("no route to the database"));
        Write("1-1", Claim);
        Assert.Equal("no route to the database", ExpectMsg<JournalStatus>(Patience.Limit).Failure?.Message);
        Assert.Null(ExpectMsg<JournalStatus>(Patience.Limit).Failure);
        ExpectWritten("1-1");
    }

    private static Config Configure(string system, Config journal) => ConfigurationFactory
        .ParseString($"akka.loglevel = ERROR\n{GroupCommitJournal.PluginId}.plugin-dispatcher = akka.actor.default-dispatcher")
        .WithFallback(ScriptedStore.ConfigurationOf(system))
        .WithFallback(journal).WithFallback(ActorStackReference.Config);

    private byte[] Bytes(IConnectionEvent next) => Sys.Serialization.FindSerializerFor(next).ToBinary(next);

    private static ConnectionEvents.Opened Opened(string id) => new(id, "10.9.0.1:7", "10.9.0.2:40000", "echo", default);

    private static ConnectionEvents.OwnerClaimed Claim => new(3, "software", "toe", "operator", default);

    private void Write(string id, IConnectionEvent? next = null)
    {
        next ??= Opened(id);
        var write = new AtomicWrite(
            ImmutableList.Create<IPersistentRepresentation>(new Persistent(next, 1, $"connection-{id}", writerGuid: "writer")));
        _journal.Tell(new WriteMessages([write], TestActor, actorInstanceId: 7));
    }

    /// <summary>A recovery is answered at once, and after all that was sent before.</summary>
    private void AwaitHandled()
    {
        _journal.Tell(new ReplayMessages(1, 0, 0, "connection-x", TestActor));
        ExpectMsg<RecoverySuccess>(Patience.Limit);
    }

    private void ExpectWritten(string id)
    {
        ExpectMsg<WriteMessagesSuccessful>(Patience.Limit);
        var success = ExpectMsg<WriteMessageSuccess>(Patience.Limit);
        Assert.Equal(($"connection-{id}", 7), (success.Persistent.PersistenceId, success.ActorInstanceId));
    }

    private void ExpectRejected(string id, string why)
    {
        ExpectMsg<WriteMessagesSuccessful>(Patience.Limit);
        var rejected = ExpectMsg<WriteMessageRejected>(Patience.Limit);
        Assert.Equal(($"connection-{id}", 7), (rejected.Persistent.PersistenceId, rejected.ActorInstanceId));
        Assert.StartsWith(why, rejected.Cause.Message, StringComparison.Ordinal);
    }
}
