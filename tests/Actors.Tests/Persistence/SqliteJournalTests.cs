using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using ActorStack.Journal.Sqlite;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-journal");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    private string Database => Path.Combine(_directory.FullName, "journal.db");

    [Fact]
    public void The_file_is_in_write_ahead_mode()
    {
        SqliteJournal.Open(Database);
        Assert.Equal("wal", Query<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public void What_is_no_database_is_told()
    {
        File.WriteAllText(Database, string.Concat(Enumerable.Repeat("no database ", 100)));
        var error = Assert.Throws<StateDirectoryException>(() => SqliteJournal.Open(Database));
        Assert.Contains(Database, error.Message);
        Assert.Contains("move the damaged journal", error.Advice);
    }

    [Fact]
    public void A_journal_of_a_later_version_is_left_alone_and_told()
    {
        SqliteJournal.Open(Database);
        Query<object>("PRAGMA user_version = 4");
        var error = Assert.Throws<StateDirectoryException>(() => SqliteJournal.Open(Database));
        Assert.Contains("of a later version: its format is 4, and this version reads up to 3", error.Message);
        Assert.Contains("Run the version that wrote it", error.Advice);
        Assert.Equal(4L, Query<long>("PRAGMA user_version"));
    }

    /// <summary>Akka.Persistence.Sql made files of format 2, with a table and indices that nothing needs any more.</summary>
    [Fact]
    public async Task A_journal_of_an_earlier_version_keeps_its_events()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal)) await Live(system, "connection-1-1", Opened("1-1"), Closed("done"));
        Execute("""
            CREATE TABLE tags (ordering_id INTEGER NOT NULL, tag NVARCHAR(64) NOT NULL);
            CREATE INDEX journal_created_idx ON journal (created);
            CREATE INDEX journal_sequence_number_idx ON journal (sequence_number);
            DROP INDEX journal_ended_idx;
            PRAGMA user_version = 2;
            """);

        using var again = Start(SqliteJournal.Open(Database));
        var histories = await ConnectionJournal.RecoverAsync(again, journal, node: "", incarnation: 2, new FixedTime(At));

        Assert.Equal([("1-1", "done")], histories.Select(history => (history.Id, history.Ended)));
        Assert.Equal(3L, Query<long>("PRAGMA user_version"));
        Assert.Equal(
            "journal,journal_ended_idx,journal_uq",
            Query<string>(
                "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name GLOB 'journal*' ORDER BY name)"));
        Assert.Equal(0L, Query<long>("SELECT count(*) FROM sqlite_master WHERE name = 'tags'"));
    }

    [Fact]
    public async Task A_journal_whose_file_was_removed_fails_and_says_so()
    {
        var journal = SqliteJournal.Open(Database);
        using var system = Start(journal);
        await Live(system, "connection-1-1", Opened("1-1"));
        foreach (var file in _directory.GetFiles()) file.Delete();

        using var inbox = Inbox.Create(system);
        IPersistentRepresentation item = new Persistent(Opened("1-2"), 1, "connection-1-2", writerGuid: "writer");
        var write = new WriteMessages([new AtomicWrite(ImmutableList.Create(item))], inbox.Receiver, actorInstanceId: 1);
        Akka.Persistence.Persistence.Instance.Apply(system).JournalFor("").Tell(write);
        var problem = SqliteProblem.Of(
            Assert.IsType<WriteMessagesFailed>(inbox.Receive(Patience.Limit)).Cause, _directory.FullName);
        Assert.Contains("was removed", problem.Message);
        Assert.Contains("Restart the service", problem.WhatToDo);
    }

    [Fact]
    public async Task A_journal_that_is_damaged_within_says_so()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal)) await Live(system, "connection-1-1", Opened("1-1"));
        SqliteConnection.ClearAllPools();
        Query<object>("PRAGMA wal_checkpoint(TRUNCATE)");
        SqliteConnection.ClearAllPools();
        using (var file = File.OpenWrite(Database))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xa5, (int)file.Length - 4096).ToArray());
        }

        var failure = Assert.Throws<SqliteException>(() => Query<long>("SELECT count(*) FROM journal"));
        var problem = SqliteProblem.Of(failure, _directory.FullName);
        Assert.Contains("damaged", problem.Message);
        Assert.Contains(_directory.FullName, problem.WhatToDo);
    }

    [Fact]
    public async Task Events_survive_a_restart_of_the_system()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal))
            await Live(
                system, "connection-1-1", Opened("1-1"), new ConnectionEvents.OwnerClaimed(5, "software", "toe", "operator", At));

        using var again = Start(journal);
        var life = again.ActorOf(Props.Create<LifeActor>("connection-1-1"));
        var history = await life.Ask<ConnectionHistory>("history", Patience.Limit);
        Assert.Equal(("1-1", 5L, null), (history.Id, history.Epoch, history.Ended));
    }

    [Fact]
    public async Task A_restart_tells_what_became_of_the_connections_before()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal))
        {
            await Live(system, "connection-1-1", Opened("1-1"), Closed("reset by the peer"));
            await Live(
                system, "connection-1-2", Opened("1-2"),
                new ConnectionEvents.OwnerClaimed(1, "software", "kernel", "operator", At),
                new ConnectionEvents.OwnerCommitted(1, 1, "software", "kernel", "operator", false, 300, 1, 2, 3, "", At));
            await Live(
                system, "connection-1-3", Opened("1-3"),
                new ConnectionEvents.OwnerRolledBack(1, 2, "software", "toe", "operator", "NoConnectionEntries", At));
            await Live(system, "connection-2-1", Opened("2-1"));
            await Live(system, "unrelated", Opened("x"));
        }

        var time = new FixedTime(At.AddHours(1));
        using var again = Start(journal);
        var histories = (await ConnectionJournal.RecoverAsync(again, journal, node: "", incarnation: 2, time))
            .ToDictionary(history => history.Id);

        Assert.Equal(["1-1", "1-2", "1-3"], histories.Keys.Order());
        Assert.Equal(("reset by the peer", 10L, 20L),
            (histories["1-1"].Ended, histories["1-1"].BytesReceived, histories["1-1"].BytesSent));
        Assert.Equal((ConnectionJournal.Lost, "kernel", 1),
            (histories["1-2"].Ended, histories["1-2"].RunsOn, histories["1-2"].Migrations));
        Assert.Equal(
            (ConnectionJournal.Lost, "software", 2L), (histories["1-3"].Ended, histories["1-3"].RunsOn, histories["1-3"].Epoch));
        Assert.Equal(At.AddHours(1), histories["1-2"].EndedAt);

        // The end was written: the next start finds it, and with the same time.
        var later = await ConnectionJournal.RecoverAsync(again, journal, node: "", incarnation: 3, new FixedTime(At.AddHours(9)));
        Assert.Equal(At.AddHours(1), later.Single(history => history.Id == "1-2").EndedAt);
        Assert.Equal(ConnectionJournal.Lost, later.Single(history => history.Id == "2-1").Ended);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_hides_no_other_connection()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal))
        {
            var claimed = new ConnectionEvents.OwnerClaimed(5, "software", "toe", "operator", At);
            await Live(system, "connection-1-1", Opened("1-1"), claimed,
                new ConnectionEvents.OwnerClaimed(6, "software", "toe", "operator", At));
            await Live(system, "connection-1-2", Opened("1-2"));
            await Live(system, "connection-1-3", Opened("1-3"), Closed("done"));
        }

        Execute("UPDATE journal SET message = x'00' WHERE persistence_id = 'connection-1-1' AND sequence_number = 3");
        Execute("UPDATE journal SET message = x'00' WHERE persistence_id = 'connection-1-3' AND sequence_number = 1");
        using var again = Start(journal);
        var histories = await ConnectionJournal.RecoverAsync(
            again, journal, node: "", incarnation: 2, new FixedTime(At.AddHours(1)));

        Assert.Equal(
            [("1-1", 5L, ConnectionJournal.Unreadable, At.AddHours(1)), ("1-2", 0L, ConnectionJournal.Lost, At.AddHours(1))],
            histories.OrderBy(history => history.Id)
                .Select(history => (history.Id, history.Epoch, history.Ended, history.EndedAt)));
        Assert.Equal(1,
            Query<long>(
                "SELECT count(*) FROM journal WHERE persistence_id = 'connection-1-2' AND manifest = 'connection-closed/1'"));
    }

    [Fact]
    public async Task A_connection_whose_end_cannot_be_written_is_told_of_all_the_same()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal))
        {
            await Live(system, "connection-1-1", Opened("1-1"));
            await Live(system, "connection-1-2", Opened("1-2"), Closed("done"));
        }

        Execute("CREATE TRIGGER refuse BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        using var again = Start(journal);
        var histories = await ConnectionJournal.RecoverAsync(again, journal, node: "", incarnation: 2, TimeProvider.System);

        Assert.Equal(
            [("1-1", ConnectionJournal.Lost), ("1-2", "done")],
            histories.OrderBy(history => history.Id).Select(history => (history.Id, history.Ended)));
    }

    [Fact]
    public async Task Ended_connections_leave_the_journal_but_for_the_last()
    {
        var journal = SqliteJournal.Open(Database);
        using var system = Start(journal);
        await Live(system, "stack-x", Opened("x"));
        for (var number = 1; number <= 30; number++)
        {
            await Live(
                system, $"connection-1-{number}",
                number % 3 == 0 ? [Opened($"1-{number}")] : [Opened($"1-{number}"), Closed("done")]);
        }

        Assert.Equal(2 * 15, await journal.RemoveEndedAsync(keep: 5));
        Assert.Equal(1 + 10 + (5 * 2), Query<long>("SELECT count(*) FROM journal"));
        var histories = await ConnectionJournal.RecoverAsync(system, journal, node: "", incarnation: 9, TimeProvider.System);
        Assert.Equal(
            "1-23,1-25,1-26,1-28,1-29",
            string.Join(',', histories.Where(history => history.Ended == "done").Select(history => history.Id).Order()));
        Assert.Equal(0, await journal.RemoveEndedAsync(keep: 15));
    }

    [Fact]
    public async Task Thousands_of_short_connections_leave_a_bounded_journal()
    {
        var journal = SqliteJournal.Open(Database);
        using var system = Start(journal);
        const int Rounds = 4;
        const int Each = 300;
        for (var round = 0; round < Rounds; round++)
        {
            var lives = Enumerable.Range(0, Each).Select(number => $"1-{(round * Each) + number}")
                .Select(id => Live(system, $"connection-{id}", Opened(id), Closed("done")));
            await Task.WhenAll(lives);
            await journal.RemoveEndedAsync(keep: 10);
            Assert.Equal(20, Query<long>("SELECT count(*) FROM journal"));
        }
    }

    [Fact]
    public void A_connection_that_another_owner_claimed_writes_nothing_of_its_own()
    {
        var store = SqliteJournal.Open(Database);
        using var system = Start(store, $"{GroupCommitJournal.PluginId}.plugin-dispatcher = akka.actor.default-dispatcher");
        using var inbox = Inbox.Create(system);
        var journal = Akka.Persistence.Persistence.Instance.Apply(system).JournalFor(GroupCommitJournal.PluginId);
        var claimed = new ConnectionEvents.OwnerClaimed(1, "software", "toe", "operator", At);

        Write("first", Opened("1-1"), 1);
        Write("first", claimed, 2);
        for (var i = 0; i < 2; i++)
        {
            inbox.Receive(Patience.Limit);
            Assert.IsType<WriteMessageSuccess>(inbox.Receive(Patience.Limit));
        }

        Write("second", claimed, 3);
        inbox.Receive(Patience.Limit);
        var refused = Assert.IsType<WriteMessageRejected>(inbox.Receive(Patience.Limit));
        Assert.Equal("epoch 1 of 1-1 is not to be had: the store has epoch 1 of owner first", refused.Cause.Message);

        Write("second", Closed("done"), 2);
        inbox.Receive(Patience.Limit);
        var foreign = Assert.IsType<WriteMessageRejected>(inbox.Receive(Patience.Limit));
        Assert.Contains("event 2 of connection-1-1 is in the journal, and it is another", foreign.Cause.Message);
        Assert.Equal(2, Query<long>("SELECT count(*) FROM journal"));

        Write("first", claimed, 2);
        inbox.Receive(Patience.Limit);
        Assert.IsType<WriteMessageSuccess>(inbox.Receive(Patience.Limit));
        Assert.Equal(2, Query<long>("SELECT count(*) FROM journal"));

        void Write(string writer, IConnectionEvent next, long number)
        {
            IPersistentRepresentation item = new Persistent(next, number, "connection-1-1", writerGuid: writer);
            journal.Tell(new WriteMessages([new AtomicWrite(ImmutableList.Create(item))], inbox.Receiver, actorInstanceId: 1));
        }
    }

    [Fact]
    public async Task What_waits_for_a_locked_database_does_not_hold_up_its_caller()
    {
        var journal = SqliteJournal.Open(Database);
        using (var system = Start(journal))
            await Live(system, "connection-1-1", Opened("1-1"), Closed("done"));
        SqliteConnection.ClearAllPools();

        Task<IReadOnlyList<string>> listed;
        Task<int> removed;
        using (LockAll())
        {
            listed = journal.ListAsync("connection-", butNot: "connection-2-");
            removed = journal.RemoveEndedAsync(keep: 1);
            Assert.False(listed.IsCompleted || removed.IsCompleted);
        }

        Assert.Equal(["connection-1-1"], await listed);
        Assert.Equal(0, await removed);
    }

    [Fact]
    public async Task Removing_needs_no_table_yet() =>
        Assert.Equal(0, await SqliteJournal.Open(Database).RemoveEndedAsync(keep: 0));

    [Fact]
    public async Task Deleting_by_Akka_alone_would_leave_a_row_for_ever()
    {
        // Why RemoveEndedAsync is there. When this fails, it can go.
        var journal = SqliteJournal.Open(Database);
        using var system = Start(journal);
        var actor = await Live(system, "connection-1-1", Opened("1-1"), Closed("done"));
        actor.Tell("delete");
        await actor.Ask<ConnectionHistory>("history", Patience.Limit);
        await actor.GracefulStop(Patience.Limit);
        Assert.True(Query<long>("SELECT count(*) FROM journal") >= 1);
    }

    private static ActorSystem Start(SqliteJournal journal, string overrides = "") => ActorSystem.Create(
        "journal",
        ConfigurationFactory.ParseString($"akka.loglevel = WARNING\n{overrides}")
            .WithFallback(journal.Configuration).WithFallback(ActorStackReference.Config));

    private static async Task<IActorRef> Live(ActorSystem system, string persistenceId, params IConnectionEvent[] events)
    {
        var actor = system.ActorOf(Props.Create<LifeActor>(persistenceId));
        foreach (var next in events) await actor.Ask<ConnectionHistory>(next, Patience.Limit);
        return actor;
    }

    private static ConnectionEvents.Opened Opened(string id) => new(id, "10.9.0.1:7", "10.9.0.2:40000", "echo", At);

    private static ConnectionEvents.Closed Closed(string reason) => new(reason, 10, 20, At);

    /// <summary>Keeps everyone else from the database, also those who read.</summary>
    private SqliteConnection LockAll()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private T Query<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
