using ActorStack.TestKit;
using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

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
        : base(Configure(ScriptedJournal.Configure(system, script)), system)
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
        _script.Attempts.Enqueue(Task.FromException(new IOException("insert", new SqliteException("UNIQUE constraint failed", 19))));
        Write("1-1");
        ExpectWritten("1-1");
        Write("1-2");
        ExpectWritten("1-2");
        Assert.Equal([1, 1, 1], _script.Sizes);
    }

    private static Config Configure(Config journal) => ConfigurationFactory
        .ParseString($"akka.loglevel = ERROR\n{GroupCommitJournal.PluginId}.plugin-dispatcher = akka.actor.default-dispatcher")
        .WithFallback(journal).WithFallback(ActorStackReference.Config);

    private void Write(string id)
    {
        var opened = new ConnectionEvents.Opened(id, "10.9.0.1:7", "10.9.0.2:40000", "echo", default);
        var write = new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(new Persistent(opened, 1, $"connection-{id}", writerGuid: "writer")));
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
}
