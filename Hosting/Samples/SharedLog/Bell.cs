namespace ActorStack.Samples.SharedLog;

/// <summary>
/// Wakes all who wait. Take <see cref="Next"/> before you look for what you wait for, and wait for it after that: so no ring is
/// missed.
/// </summary>
public sealed class Bell
{
    private volatile TaskCompletionSource _next = Create();

    /// <summary>Completes when the bell rings for the next time.</summary>
    public Task Next => _next.Task;

    /// <summary>Wakes all who wait.</summary>
    public void Ring()
    {
        var rung = _next;
        _next = Create();
        rung.TrySetResult();
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
