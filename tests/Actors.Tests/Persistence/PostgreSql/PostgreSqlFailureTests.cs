using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using ActorStack.Journal.PostgreSql;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.PostgreSql;
using Akka.Actor;
using Akka.Persistence;
using static ActorStack.Actors.Tests.Persistence.LifeStories;

namespace ActorStack.Actors.Tests.Persistence.PostgreSql;

/// <summary>A server that is killed, stopped and started again under a journal that is in use.</summary>
public sealed class PostgreSqlFailureTests : IDisposable
{
    private readonly PostgreSqlServer _server = new();

    public void Dispose() => _server.Dispose();

    [PostgreSqlFact]
    public async Task Claims_fail_while_the_server_is_gone_and_are_granted_when_it_is_back()
    {
        var store = PostgreSqlJournal.Open(_server.CreateDatabase());
        Assert.True((await store.ClaimAsync([Claim(1, "a")]))[0].IsGranted);

        _server.Kill();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => store.ClaimAsync([Claim(2, "a")]));
        Assert.Contains("PostgreSQL is out of reach (database journal1 at 127.0.0.1:", store.Diagnose(failure).Message);

        _server.Start();
        Assert.Equal(new ClaimAnswer(false, 1, "a"), (await EventuallyAsync(() => store.ClaimAsync([Claim(1, "b")])))[0]);
        Assert.True((await store.ClaimAsync([Claim(2, "b")]))[0].IsGranted);
    }

    [PostgreSqlFact]
    public async Task A_server_that_stands_still_fails_claims_at_their_limit_without_holding_the_caller()
    {
        var store = PostgreSqlJournal.Open(_server.CreateDatabase() + ";Timeout=1;Command Timeout=1");
        await store.ClaimAsync([Claim(1, "a")]);

        _server.Suspend();
        var attempts = Enumerable.Range(0, 4).Select(_ => store.ClaimAsync([Claim(2, "a")])).ToList();
        Assert.All(attempts, attempt => Assert.False(attempt.IsCompleted)); // each call has returned
        foreach (var attempt in attempts)
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => attempt);
            Assert.Contains("out of reach", store.Diagnose(failure).Message);
        }

        _server.Resume();
        Assert.True((await EventuallyAsync(() => store.ClaimAsync([Claim(2, "a")])))[0].IsGranted);
    }

    [PostgreSqlFact]
    public async Task Events_of_a_time_without_the_server_are_written_once_when_it_is_back()
    {
        const int Connections = 50;
        var store = PostgreSqlJournal.Open(_server.CreateDatabase());
        using var system = Start(store, $"{GroupCommitJournal.PluginId}.plugin-dispatcher = akka.actor.default-dispatcher");
        using var inbox = Inbox.Create(system);
        using var status = Inbox.Create(system);
        system.EventStream.Subscribe(status.Receiver, typeof(JournalStatus));
        var journal = Akka.Persistence.Persistence.Instance.Apply(system).JournalFor(GroupCommitJournal.PluginId);
        await WriteAsync(0);

        _server.Kill();
        for (var number = 1; number <= Connections; number++) Write(number);
        var problem = store.Diagnose(((JournalStatus)await status.ReceiveAsync(Patience.Limit)).Failure!);
        Assert.Contains("PostgreSQL", problem.Message);
        Assert.DoesNotContain(PostgreSqlServer.Password, $"{problem}");
        _server.Start();
        for (var number = 1; number <= Connections; number++) await ExpectWrittenAsync();

        Assert.Equal($"{2 * (Connections + 1)}", _server.Execute("SELECT count(*) FROM journal", "journal1"));
        Assert.Equal($"{Connections + 1}", _server.Execute("SELECT count(*) FROM owners WHERE epoch = 1", "journal1"));

        async Task WriteAsync(int number)
        {
            Write(number);
            await ExpectWrittenAsync();
        }

        void Write(int number)
        {
            var id = $"connection-1-{number}";
            journal.Tell(new WriteMessages(
                [
                    new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(
                        new Persistent(Opened($"1-{number}"), 1, id, writerGuid: $"writer-{number}"),
                        new Persistent(Claimed(1), 2, id, writerGuid: $"writer-{number}"))),
                ],
                inbox.Receiver, actorInstanceId: 1));
        }

        async Task ExpectWrittenAsync()
        {
            Assert.IsType<WriteMessagesSuccessful>(await inbox.ReceiveAsync(Patience.Limit));
            for (var i = 0; i < 2; i++) Assert.IsType<WriteMessageSuccess>(await inbox.ReceiveAsync(Patience.Limit));
        }
    }

    [PostgreSqlFact]
    public async Task Events_survive_a_crash_of_the_server_and_a_restart_of_the_system()
    {
        var store = PostgreSqlJournal.Open(_server.CreateDatabase());
        using (var system = Start(store)) await LiveAsync(system, "connection-a-1-1", Opened("a-1-1"), Claimed(5));
        _server.Kill();
        _server.Start();
        Npgsql.NpgsqlConnection.ClearAllPools(); // as in a new process

        using var again = Start(store);
        var histories = await ConnectionJournal.RecoverAsync(again, store, "a", incarnation: 2, TimeProvider.System);
        var history = Assert.Single(histories);
        Assert.Equal(("a-1-1", 5L, ConnectionJournal.Lost), (history.Id, history.Epoch, history.Ended));
    }

    private static OwnershipClaim Claim(long epoch, string owner) => new("1-1", epoch, owner, "connection-1-1");

    /// <summary>Connections of the time before the crash may fail first, as the journal's attempts do.</summary>
    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> attempt)
    {
        var patience = Patience.Token();
        while (true)
        {
            patience.ThrowIfCancellationRequested();
            try
            {
                return await attempt();
            }
            catch (Exception error) when (error is Npgsql.NpgsqlException or TimeoutException or IOException)
            {
            }
        }
    }
}
