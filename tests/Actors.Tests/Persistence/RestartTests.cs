using ActorStack.Actors.Connections;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Journal.Sqlite;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class RestartTests : StackTest
{
    private static readonly DirectoryInfo Directory = System.IO.Directory.CreateTempSubdirectory("actorstack-restart");
    private static readonly SqliteJournal SqliteJournal = SqliteJournal.Open(Path.Combine(Directory.FullName, "journal.db"));

    public RestartTests()
        : base(ConfigurationFactory
            .ParseString("akka.actor.serialize-messages = off") // the SQL journal's own messages cannot be
            .WithFallback(SqliteJournal.Configuration))
    {
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        SqliteConnection.ClearAllPools();
        Directory.Delete(recursive: true);
    }

    [Fact]
    public void A_stack_that_starts_again_tells_of_the_connections_before()
    {
        var settings = Settings with { Journal = SqliteJournal };
        var closed = StartEcho(settings);
        closed.Close(Time);
        Pump(() => Ended().Count == 1, "the first connection's end");
        Pump(() => Rows("connection-closed/1") == 1, "the first connection's end in the journal");
        Connect(EchoPort);
        Pump(() => Rows("connection-opened/1") == 2, "the second connection's opening in the journal");

        var stopped = Stack.GracefulStop(Patience.Limit);
        Pump(() => stopped.IsCompleted, "the stack's end");
        StartStack(settings with { Link = Wire.Right });
        Pump(() => Ended().Count == 2, "what the journal tells");

        Assert.Equal(
            [("1-1", false), ("1-2", true)],
            Ended().OrderBy(ended => ended.Id).Select(ended => (ended.Id, ended.Ended == ConnectionJournal.Lost)));
    }

    private IReadOnlyList<ConnectionSnapshot> Ended() =>
        [.. Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: true))
            .Connections.Where(snapshot => snapshot.Ended is not null)];

    private static long Rows(string manifest)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Directory.FullName, "journal.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM journal WHERE manifest = '{manifest}'";
        return (long)command.ExecuteScalar()!;
    }
}
