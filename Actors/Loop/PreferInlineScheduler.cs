using System.IO.Pipelines;

namespace ActorStack.Actors.Loop;

/// <summary>
/// Runs an application's continuation at once, on the thread that made it runnable. Where that thread is a loop without other
/// work, the thread pool runs the continuation instead, so that the loop already waits for the next frame when the answer
/// arrives.
/// </summary>
internal sealed class PreferInlineScheduler : PipeScheduler
{
    public static PreferInlineScheduler Instance { get; } = new();

    public override void Schedule(Action<object?> action, object? state)
    {
        if (EventLoop.IsCurrentIdle) ThreadPool.Schedule(action, state);
        else action(state);
    }
}
