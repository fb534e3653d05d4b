using System.Runtime.Versioning;
using ActorStack.Actors.Persistence;
using ActorStack.Journal.Sqlite;
using ActorStack.Tests.Common;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-state");

    private string State => Path.Combine(_directory.FullName, "a", "b");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Is_made_where_it_is_missing()
    {
        using var state = StateDirectory.Open(State);
        Assert.True(Directory.Exists(State));
        Assert.Equal(Path.Combine(State, "journal.db"), state.JournalPath);
    }

    [Fact]
    public void Belongs_to_one_at_a_time_and_names_the_holder()
    {
        using var state = StateDirectory.Open(State);
        var error = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(State));
        Assert.Contains($"in use by process {Environment.ProcessId}", error.Message);
        Assert.Contains("directory of its own", error.Advice);
    }

    [Fact]
    public void Is_free_again_after_its_holder()
    {
        StateDirectory.Open(State).Dispose();
        StateDirectory.Open(State).Dispose();
    }

    [Fact]
    public void Held_by_another_process_is_told_and_free_when_that_is_killed()
    {
        Directory.CreateDirectory(State);
        var file = Path.Combine(State, "lock");
        using var holder = new LockHolder($"exec 9>{file}; flock 9");

        File.WriteAllText(Path.Combine(State, "pid"), "1"); // of a version that kept one, stale
        var named = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(State));
        Assert.Contains($"in use by process {holder.Id}", named.Message);

        holder.Kill();
        StateDirectory.Open(State).Dispose();
    }

    [Fact]
    public void A_file_in_its_place_is_told()
    {
        var path = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(path, "");
        var error = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(path));
        Assert.Contains("cannot be made", error.Message);
        Assert.Contains("Choose another directory", error.Advice);
    }

    [Fact]
    public void One_that_cannot_be_written_is_told()
    {
        // /proc takes no files, not even from root.
        var error = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open("/proc/self/task"));
        Assert.Contains("not writable", error.Message);
    }

    [LinuxFact]
    public void A_read_only_file_system_is_told_as_such_and_no_process_is_named()
    {
        var error = OpenInMemory(state =>
        {
            File.WriteAllText(Path.Combine(state, "lock"), "");
            File.WriteAllText(Path.Combine(state, "pid"), "3695");
            MountNamespace.MakeReadOnly(state);
        });
        Assert.Contains("is not writable: Read-only file system", error.Message);
        Assert.Contains("Mount the file system", error.Advice);
        Assert.DoesNotContain("process", error.Message);
    }

    [LinuxFact]
    public void A_full_disk_is_told_as_such()
    {
        var error = OpenInMemory(MountNamespace.Fill);
        Assert.Contains("No space left on device", error.Message);
        Assert.Contains($"Free space in {_directory.FullName}", error.Advice);
        Assert.DoesNotContain("process", error.Message);
    }

    [LinuxFact]
    public void A_disk_that_has_no_room_for_one_more_write_of_an_old_journal_is_told_as_such()
    {
        var error = OpenInMemory(state =>
        {
            SqliteJournal.Open(Path.Combine(state, "journal.db"));
            SqliteConnection.ClearAllPools();
            MountNamespace.Fill(state);
        });
        Assert.Contains("No space left on device", error.Message);
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public void A_directory_that_another_user_owns_is_told_as_such()
    {
        var error = OpenInMemory(state =>
        {
            MountNamespace.BecomeNobody(); // a file system in memory is root's, and only root writes to it
        });
        Assert.Contains("Permission denied", error.Message);
        Assert.Contains("writable for the user", error.Advice);
        Assert.DoesNotContain("process", error.Message);
    }

    [Fact]
    public void A_directory_below_a_file_is_told_as_such()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "a"), "");
        var error = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(State));
        Assert.Contains("cannot be made", error.Message);
        Assert.Contains("Choose another directory", error.Advice);
    }

    private StateDirectoryException OpenInMemory(Action<string> prepare)
    {
        StateDirectoryException? error = null;
        MountNamespace.Run(() =>
        {
            MountNamespace.MountMemory(_directory.FullName, size: 128);
            prepare(_directory.FullName);
            error = Assert.Throws<StateDirectoryException>(() =>
            {
                using var state = StateDirectory.Open(_directory.FullName);
                SqliteJournal.Open(state.JournalPath);
            });
        });
        SqliteConnection.ClearAllPools();
        return error!;
    }
}
