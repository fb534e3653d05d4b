using System.IO.Pipelines;

namespace ActorStack.Actors.Loop;

/// <summary>
/// Runs an application's continuation at once, on the thread that made it runnable, unless that is a loop with nothing else to do: then
/// the thread pool takes it, and the loop is already waiting for the next frame when the answer comes.
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
