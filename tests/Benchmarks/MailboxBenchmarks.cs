using ActorStack.Actors;
using Akka.Actor;
using Akka.Configuration;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>Two actors of one event loop tell each other, as the actors of a stack do.</summary>
public class MailboxBenchmarks
{
    private const int Messages = 10_000;

    private ActorSystem _system = null!;
    private IActorRef _left = null!;
    private IActorRef _right = null!;

    [GlobalSetup]
    public void Start()
    {
        var quiet = ConfigurationFactory.ParseString("akka.loglevel = WARNING");
        _system = ActorSystem.Create("benchmark", quiet.WithFallback(ActorStackReference.Config));
        var props = Props.Create<Player>()
            .WithDispatcher("actorstack.loop-dispatcher").WithMailbox("actorstack.connection-mailbox");
        _left = _system.ActorOf(props);
        _right = _system.ActorOf(props);
    }

    [GlobalCleanup]
    public Task StopAsync() => _system.Terminate();

    [Benchmark(OperationsPerInvoke = Messages, Description = "mailbox: tell within a loop")]
    public Task TellAsync()
    {
        var rally = new Rally(Messages);
        _left.Tell(rally, _right);
        return rally.Over.Task;
    }

    private sealed class Rally(int left)
    {
        public int Left { get; set; } = left;

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Player : ReceiveActor
    {
        public Player() => Receive<Rally>(rally =>
        {
            if (--rally.Left == 0) rally.Over.SetResult();
            else Sender.Tell(rally, Self);
        });
    }
}
