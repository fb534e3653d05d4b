using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Persistence.PostgreSql;
using ActorStack.Journal.PostgreSql;
using ActorStack.Journal.Sqlite;
using ActorStack.Tests.Common.PostgreSql;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using static ActorStack.Actors.Tests.Persistence.LifeStories;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>What every store does that several nodes share: a file of SQLite, and a database of PostgreSQL.</summary>
[Collection(nameof(PostgreSqlCollection))]
public sealed class ConnectionStoreTests(PostgreSqlFixture server) : IDisposable
{
    private const string Sqlite = "sqlite";
    private const int Races = 1_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-journal");
    private string? _database;

    /// <summary>PostgreSQL is left out where it is missing, and the other tests with it say so.</summary>
    public static TheoryData<string> Stores => PostgreSqlRequirement.SkipReason is null ? [Sqlite, "postgresql"] : [Sqlite];

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Nodes_that_start_at_once_make_one_database(string kind)
    {
        if (kind != Sqlite) _database = server.Value.CreateDatabase();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenShared(kind))));
        Assert.All(stores, store => Assert.True(store.IsShared));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_claim_is_granted_after_an_older_epoch_and_once(string kind)
    {
        var store = OpenShared(kind);

        Assert.Equal(new ClaimAnswer(true, 1, "a"), await ClaimAsync(store, 1, "a"));
        Assert.Equal(new ClaimAnswer(false, 1, "a"), await ClaimAsync(store, 1, "b"));
        Assert.Equal(new ClaimAnswer(true, 2, "b"), await ClaimAsync(store, 2, "b"));
        Assert.Equal(new ClaimAnswer(false, 2, "b"), await ClaimAsync(store, 2, "a"));
        Assert.Equal(new ClaimAnswer(true, 4, "b"), await ClaimAsync(store, 4, "b"));
        Assert.Equal(new ClaimAnswer(false, 4, "b"), await ClaimAsync(store, 3, "a"));
        Assert.Equal(new ClaimAnswer(true, 2, "a"), await ClaimAsync(store, 2, "a", "1-2"));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_claim_that_was_granted_is_granted_again(string kind)
    {
        var store = OpenShared(kind);
        OwnershipClaim[] claims = [Claim(1, "a"), Claim(3, "a")];

        Assert.All(await store.ClaimAsync(claims), answer => Assert.True(answer.IsGranted));
        Assert.All(await store.ClaimAsync(claims), answer => Assert.Equal(new ClaimAnswer(true, 3, "a"), answer));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_owner_goes_on_after_an_epoch_that_another_node_claimed_in_vain(string kind)
    {
        var store = OpenShared(kind);
        await ClaimAsync(store, 1, "a");
        await ClaimAsync(store, 2, "b");

        Assert.True((await ClaimAsync(store, 4, "a")).IsGranted);
        Assert.False((await ClaimAsync(store, 3, "b")).IsGranted);
    }

    /// <summary>A thousand times two nodes claim the same epoch at the same time, eight connections in each call.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Of_two_nodes_that_claim_the_same_epoch_at_once_one_gets_it(string kind)
    {
        const int Together = 8;
        var (first, second) = (OpenShared(kind), OpenShared(kind));
        for (var epoch = 1; epoch <= Races / Together; epoch++)
        {
            string[] ids = [.. Enumerable.Range(0, Together).Select(number => $"1-{number}")];
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var attempts = new[] { (first, "a", ids), (second, "b", ids.Reverse().ToArray()) }
                .Select(node => Task.Run(() => RaceAsync(node.Item1, node.Item2, node.Item3, epoch, turn.Task))).ToList();
            turn.SetResult();
            var answers = await Task.WhenAll(attempts);

            foreach (var id in ids)
            {
                var both = answers.Select(one => one[id]).ToList();
                Assert.Single(both, answer => answer.IsGranted);
                Assert.All(both, answer => Assert.Equal(epoch, answer.Epoch));
                Assert.Single(both.Select(answer => answer.Owner).Distinct());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_thousand_claims_of_one_call_are_each_answered(string kind)
    {
        var store = OpenShared(kind);
        await store.ClaimAsync([.. Enumerable.Range(0, 500).Select(number => Claim(2, "b", $"1-{2 * number}"))]);

        var answers = await store.ClaimAsync([.. Enumerable.Range(0, 1000).Select(number => Claim(2, "a", $"1-{number}"))]);

        Assert.Equal(Enumerable.Range(0, 1000).Select(number => number % 2 == 1), answers.Select(answer => answer.IsGranted));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_claims_of_ended_connections_leave_with_the_history_of_their_owner(string kind)
    {
        var store = OpenShared(kind);
        using var system = Start(store);
        var arrived = ConnectionJournal.PersistenceId(new ConnectionId("a-1-2"), epoch: 1, "b", 5);
        await LiveAsync(system, "connection-a-1-1", Opened("a-1-1"), Closed("done"));
        await LiveAsync(system, "connection-a-1-2", Opened("a-1-2"), Closed("moved to node b"));
        await LiveAsync(system, arrived, Arrived("a-1-2", 1));
        await store.ClaimAsync([new("a-1-1", 1, "x", "connection-a-1-1"), new("a-1-2", 1, "y", arrived)]);

        Assert.Equal(4, await store.RemoveEndedAsync(keep: 0));

        var again = await store.ClaimAsync([Claim(1, "z", "a-1-1"), Claim(1, "z", "a-1-2")]);
        Assert.Equal([true, false], again.Select(answer => answer.IsGranted));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task An_event_is_found_as_it_was_serialized(string kind)
    {
        var store = OpenShared(kind);
        using var system = Start(store);
        await LiveAsync(system, "connection-1-1", Opened("1-1"), Closed("done"));

        var found = await store.FindAsync(
            [Event("connection-1-1", 1), Event("connection-1-1", 2), Event("connection-1-1", 3), Event("connection-1-2", 1)]);

        Assert.Equal([Bytes(Opened("1-1")), Bytes(Closed("done")), null, null], found);

        static IPersistentRepresentation Event(string id, long number) => new Persistent(Opened(id), number, id);

        byte[] Bytes(IConnectionEvent next) => system.Serialization.FindSerializerFor(next).ToBinary(next);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_node_reads_the_connections_of_its_own_earlier_starts_alone(string kind)
    {
        var store = OpenShared(kind);
        using var system = Start(store);
        await LiveAsync(system, "connection-web-1-1", Opened("web-1-1"));
        await LiveAsync(system, ConnectionJournal.PersistenceId(new("web-1-3-7"), 4, "web", 1), Arrived("web-1-3-7", 4));
        await LiveAsync(system, "connection-web-2-1", Opened("web-2-1"));
        await LiveAsync(system, ConnectionJournal.PersistenceId(new("web-1-3-8"), 4, "web", 2), Arrived("web-1-3-8", 4));
        await LiveAsync(system, "connection-web-1-3-7", Opened("web-1-3-7"));
        await LiveAsync(system, ConnectionJournal.PersistenceId(new("web-1-9"), 4, "web-1", 1), Arrived("web-1-9", 4));

        var histories = await ConnectionJournal.RecoverAsync(system, store, "web", incarnation: 2, TimeProvider.System);

        Assert.Equal(["web-1-1", "web-1-3-7"], histories.Select(history => history.Id).Order());
        Assert.All(histories, history => Assert.Equal(ConnectionJournal.Lost, history.Ended));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Ended_connections_leave_the_journal_but_for_the_last_of_all_nodes(string kind)
    {
        var store = OpenShared(kind);
        using var system = Start(store);
        for (var number = 1; number <= 10; number++)
            await LiveAsync(system, $"connection-a-1-{number}", Opened($"a-1-{number}"), Closed("done"));
        await LiveAsync(system, "connection-b-1-1", Opened("b-1-1"));

        Assert.Equal(2 * 7, await store.RemoveEndedAsync(keep: 3));
        Assert.Equal(
            ["connection-a-1-10", "connection-a-1-8", "connection-a-1-9", "connection-b-1-1"],
            (await store.ListAsync("connection-", butNot: "connection-c-")).Order(StringComparer.Ordinal));
        Assert.Equal(0, await store.RemoveEndedAsync(keep: 3));
    }

    /// <summary>Opens the store that the nodes of this test share, as another node.</summary>
    private IConnectionStore OpenShared(string kind) => kind == Sqlite
        ? SqliteJournal.Open(Path.Combine(_directory.FullName, "journal.db"), isShared: true)
        : PostgreSqlJournal.Open(_database ??= server.Value.CreateDatabase());

    private static async Task<Dictionary<string, ClaimAnswer>> RaceAsync(
        IConnectionStore store, string node, string[] ids, long epoch, Task turn)
    {
        await turn;
        var answers = await store.ClaimAsync([.. ids.Select(id => Claim(epoch, node, id))]);
        return ids.Zip(answers).ToDictionary();
    }

    private static OwnershipClaim Claim(long epoch, string owner, string id = "1-1") =>
        new(id, epoch, owner, ConnectionJournal.PersistenceId(new ConnectionId(id), epoch, owner, 1));

    private static async Task<ClaimAnswer> ClaimAsync(IConnectionStore store, long epoch, string owner, string id = "1-1") =>
        (await store.ClaimAsync([Claim(epoch, owner, id)]))[0];
}
