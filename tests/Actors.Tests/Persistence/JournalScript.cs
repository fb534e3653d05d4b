using System.Collections.Concurrent;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>What becomes of attempts to write, and what they were.</summary>
public sealed class JournalScript
{
    /// <summary>One for each attempt to come, which waits for it and fails as it does; beyond, all succeed.</summary>
    public ConcurrentQueue<Task> Attempts { get; } = new();

    /// <summary>Events of each attempt.</summary>
    public ConcurrentQueue<int> Sizes { get; } = new();

    /// <summary>The events that the journal has, as they were serialized, by persistence id.</summary>
    public ConcurrentDictionary<string, byte[]> Written { get; } = new();

    /// <summary>Persistence ids whose claims are refused.</summary>
    public ConcurrentBag<string> Refused { get; } = [];

    /// <summary>One for each call of the store to come; beyond, all succeed.</summary>
    public ConcurrentQueue<Exception> StoreFailures { get; } = new();

    internal Task Attempt(int events)
    {
        Sizes.Enqueue(events);
        return Attempts.TryDequeue(out var attempt) ? attempt : Task.CompletedTask;
    }
}
