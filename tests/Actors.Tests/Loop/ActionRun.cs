using Akka.Dispatch;

namespace ActorStack.Actors.Tests.Loop;

/// <summary>Work for a loop.</summary>
internal sealed class ActionRun(Action action) : IRunnable
{
    public void Run() => action();

    public void Execute() => Run();
}
