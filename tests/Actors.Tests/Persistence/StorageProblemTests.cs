using ActorStack.Actors.Persistence;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class StorageProblemTests
{
    private const string Directory = "/var/lib/no-such-directory";

    [Theory]
    [InlineData(28, "No space left on device", "Free space in")]
    [InlineData(122, "Disk quota exceeded", "raise this user's quota")]
    [InlineData(30, "Read-only file system", "Mount the file system")]
    [InlineData(24, "Too many open files", "ulimit -n")]
    [InlineData(5, "Input/output error", Directory)]
    public void An_error_of_the_system_is_told_in_its_words_however_it_is_wrapped(int number, string message, string whatToDo)
    {
        Exception[] errors =
        [
            new IOException("x", number), new AggregateException(new IOException("x", number)),
            new InvalidOperationException("insert failed", new IOException("x", number)),
        ];
        foreach (var error in errors)
        {
            var problem = StorageProblem.Of(error, Directory);
            Assert.Equal(message, problem.Message);
            Assert.Contains(whatToDo, problem.WhatToDo);
        }
    }
}
