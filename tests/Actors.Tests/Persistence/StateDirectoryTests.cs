using ActorStack.Actors.Persistence;
using ActorStack.TestKit;

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

        var unnamed = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(State));
        Assert.Contains("in use by another process", unnamed.Message);
        File.WriteAllText(Path.Combine(State, "pid"), $"{holder.Id}");
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
}
