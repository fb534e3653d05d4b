using ActorStack.Actors.Persistence;
using ActorStack.Hosting.Tests.Support;

namespace ActorStack.Hosting.Tests;

/// <summary>The databases of the journal, each of which is a package of its own.</summary>
public sealed class JournalPackageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-journal");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(JournalProvider.Directory, "ActorStack.Journal.Sqlite", "AddSqliteJournal()")]
    [InlineData(JournalProvider.Sqlite, "ActorStack.Journal.Sqlite", "AddSqliteJournal()")]
    [InlineData(JournalProvider.PostgreSql, "ActorStack.Journal.PostgreSql", "AddPostgreSqlJournal()")]
    public async Task A_journal_whose_package_is_not_in_use_is_told_with_the_package_and_the_call(
        JournalProvider provider, string package, string call)
    {
        var refused = await Assert.ThrowsAsync<StackStartException>(() => MemoryHost.StartAsync(
            static _ => { },
            options =>
            {
                options.Journal.Provider = provider;
                if (provider == JournalProvider.Directory) options.StateDirectory = _directory.FullName;
                else options.Journal.ConnectionString = "Data Source=x";
            }));
        Assert.Contains($"package {package}.", refused.Message);
        Assert.Contains(call, refused.WhatToDo);
        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public async Task The_call_that_adds_SQLite_names_the_state_directory_too()
    {
        await using (await MemoryHost.StartAsync(stack => stack.AddSqliteJournal(_directory.FullName)))
            Assert.True(File.Exists(Path.Combine(_directory.FullName, "journal.db")));
    }

    [Fact]
    public async Task The_call_that_adds_PostgreSQL_names_the_database_too()
    {
        var refused = await Assert.ThrowsAsync<StackStartException>(
            () => MemoryHost.StartAsync(stack => stack.AddPostgreSqlJournal("Host=127.0.0.1;Port=1;Username=u")));
        Assert.Contains("PostgreSQL is out of reach (database u at 127.0.0.1:1)", refused.Message);
    }

    [Theory]
    [InlineData("Data Source=", "names no file")]
    [InlineData("nonsense", "is malformed")]
    public async Task A_connection_string_of_SQLite_that_is_wrong_is_told(string connectionString, string message)
    {
        var refused = await Assert.ThrowsAsync<StackStartException>(() => MemoryHost.StartAsync(
            stack => stack.AddSqliteJournal(),
            options =>
                (options.Journal.Provider, options.Journal.ConnectionString) = (JournalProvider.Sqlite, connectionString)));
        Assert.Contains(message, refused.Message);
        Assert.IsType<ConnectionStoreException>(refused.InnerException);
    }
}
