using ActorStack.Journal.Sqlite;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class SqliteProblemTests
{
    private const string Directory = "/var/lib/no-such-directory";

    [Theory]
    [InlineData(13, "No space left on device")]
    [InlineData(11, "damaged")]
    [InlineData(26, "damaged")]
    [InlineData(5, "another program keeps the database locked")]
    public void An_error_of_SQLite_is_told_by_its_cause(int code, string message) =>
        Assert.Contains(message, SqliteProblem.Of(new SqliteException("sqlite says so", code), Directory).Message);

    [Theory]
    [InlineData(10)]
    [InlineData(14)]
    public void Where_SQLite_does_not_know_the_cause_the_directory_does(int code) =>
        Assert.Equal(
            "No such file or directory", SqliteProblem.Of(new SqliteException("disk I/O error", code), Directory).Message);
}
