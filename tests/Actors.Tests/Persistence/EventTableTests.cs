using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Persistence.PostgreSql;
using ActorStack.Journal.PostgreSql;
using ActorStack.Journal.Sqlite;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>The rows of the journal, in a file of SQLite and in a database of PostgreSQL.</summary>
[Collection(nameof(PostgreSqlCollection))]
public sealed class EventTableTests(PostgreSqlFixture server) : IDisposable
{
    private const string Sqlite = "sqlite";
    private const string Actor = "connection-1-1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-journal");
    private IConnectionStore? _store;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(ConnectionStoreTests.Stores), MemberType = typeof(ConnectionStoreTests))]
    public async Task Events_come_back_as_they_were_written_within_the_limits_of_the_query(string kind)
    {
        var table = Open(kind);
        StoredEvent[] events = [.. Enumerable.Range(1, 5).Select(number => Event(number))];
        await table.AppendAsync([events[0], Event(1, "connection-1-2"), .. events[1..]], default);

        AssertSame(events, await table.ReadAsync(Actor, 1, long.MaxValue, 100, default));
        AssertSame(events[1..3], await table.ReadAsync(Actor, 2, 3, 100, default));
        AssertSame(events[2..4], await table.ReadAsync(Actor, 3, long.MaxValue, 2, default));
        Assert.Equal(5, await table.FindHighestAsync(Actor, default));
        Assert.Equal(0, await table.FindHighestAsync("connection-9-9", default));
        Assert.Empty(await table.ReadAsync("connection-9-9", 1, long.MaxValue, 100, default));
    }

    [Theory]
    [MemberData(nameof(ConnectionStoreTests.Stores), MemberType = typeof(ConnectionStoreTests))]
    public async Task A_group_with_a_number_that_is_taken_is_refused_as_a_whole(string kind)
    {
        var (table, store) = (Open(kind), _store!);
        await table.AppendAsync([Event(1)], default);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => table.AppendAsync([Event(2), Event(1), Event(3)], default));

        Assert.True(store.IsDuplicate(error));
        AssertSame([Event(1)], await table.ReadAsync(Actor, 1, long.MaxValue, 100, default));
    }

    [Theory]
    [MemberData(nameof(ConnectionStoreTests.Stores), MemberType = typeof(ConnectionStoreTests))]
    public async Task Deleted_events_are_gone_and_their_numbers_stay_taken(string kind)
    {
        var table = Open(kind);
        await table.AppendAsync([Event(1), Event(2), Event(3), Event(1, "connection-1-2")], default);

        await table.DeleteAsync(Actor, 2, default);
        AssertSame([Event(3)], await table.ReadAsync(Actor, 1, long.MaxValue, 100, default));

        await table.DeleteAsync(Actor, 3, default);
        Assert.Empty(await table.ReadAsync(Actor, 1, long.MaxValue, 100, default));
        Assert.Equal(3, await table.FindHighestAsync(Actor, default));
        Assert.Single(await table.ReadAsync("connection-1-2", 1, long.MaxValue, 100, default));
    }

    private IEventTable Open(string kind)
    {
        if (kind == Sqlite)
        {
            var path = Path.Combine(_directory.FullName, "journal.db");
            _store = SqliteJournal.Open(path);
            return new SqliteEventTable(path);
        }

        var database = server.Value.CreateDatabase();
        _store = PostgreSqlJournal.Open(database);
        return new PostgreSqlEventTable(PostgreSqlAddress.Parse(database));
    }

    private static StoredEvent Event(long number, string actor = Actor) =>
        new(actor, number, [1, 2, (byte)number], $"manifest-{number}", 16723, "writer", 638_000_000_000_000_000 + number);

    private static void AssertSame(IEnumerable<StoredEvent> expected, IEnumerable<StoredEvent> actual) =>
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));

    /// <summary>A record compares arrays by reference.</summary>
    private static string Describe(StoredEvent item) => $"{item with { Payload = [] }} {Convert.ToHexString(item.Payload)}";
}
