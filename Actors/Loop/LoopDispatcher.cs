using Akka.Dispatch;
using Akka.Event;

namespace ActorStack.Actors.Loop;

/// <summary>
/// Runs its actors on one <see cref="EventLoop"/>, so that a connection's actor runs on the thread that reads the link.
/// </summary>
internal sealed class LoopDispatcher : MessageDispatcher
{
    public LoopDispatcher(
        MessageDispatcherConfigurator configurator, string id, LoopMode mode, int throughput, TimeSpan shutdownTimeout)
        : base(configurator)
    {
        Id = id;
        Throughput = throughput;
        ShutdownTimeout = shutdownTimeout;
        Loop = new EventLoop(id, mode, Report);
    }

    public EventLoop Loop { get; }

    protected override void ExecuteTask(IRunnable run) => Loop.Execute(run);

    protected override void Shutdown() => Loop.Stop();

    private void Report(Exception error, string what) => EventStream.Publish(new Error(error, Id, GetType(), what));
}
