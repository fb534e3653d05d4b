using System.Globalization;
using System.Runtime.CompilerServices;
using ActorStack.Hosting;
using ActorStack.TestKit.Driver;
using Akka.Configuration;
using Xunit.Abstractions;

namespace ActorStack.TestKit;

/// <summary>
/// The base class of tests of connection handlers. Each run gets a network of its own, in virtual time, whose chance follows from
/// a seed. Where a run fails, the text of the failure has the seed, how to run it again, what happened in the network, and the
/// path of a capture file.
/// </summary>
/// <remarks>
/// The nodes of the network run in the actor system of Akka.TestKit, <c>Sys</c>, so that a handler can talk to <c>TestActor</c>
/// and to probes. Each seed has an actor system of its own. The environment changes how tests run:
/// <list type="bullet">
/// <item><c>ACTORSTACK_SEED=7</c> runs the seed 7 alone.</item>
/// <item><c>ACTORSTACK_SEEDS=200</c> runs the seeds 1 to 200, whatever the test asks for.</item>
/// <item><c>ACTORSTACK_CAPTURES=DIRECTORY</c> is where capture files are written; otherwise it is a directory of temporary
/// files.</item>
/// </list>
/// </remarks>
public abstract class StackTestKit : Akka.TestKit.Xunit2.TestKit
{
    private const string SystemName = "network";

    // Nothing of a run happens on the thread pool, because virtual time would outrun it: Akka's own actors, which for example
    // permit the recovery of each persistent actor, answer within the call here.
    private static readonly Config Configuration = ConfigurationFactory.ParseString($$"""
        actorstack.loop-dispatcher.mode = manual
        akka.loglevel = WARNING
        akka.actor.default-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.actor.internal-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.persistence.dispatchers.default-plugin-dispatcher = "actorstack.loop-dispatcher"
        akka.persistence.journal.plugin = "akka.persistence.journal.network"
        akka.persistence.journal.network {
          class = "{{typeof(MemoryJournal).FullName}}, ActorStack.TestKit"
          plugin-dispatcher = "actorstack.loop-dispatcher"
        }
        """).WithFallback(HostingReference.Defaults);

    private NetworkDriver? _driver;

    /// <param name="output">Where the warnings of the actor system are written; null: nowhere.</param>
    protected StackTestKit(ITestOutputHelper? output = null)
        : base(Configuration, SystemName, output)
    {
    }

    /// <summary>Runs a test over one network after another, with the seeds from 1 on.</summary>
    /// <param name="test">The test.</param>
    /// <param name="seeds">The number of seeds.</param>
    /// <param name="name">The name of the test; the compiler gives it.</param>
    protected Task RunAsync(Func<StackNetwork, Task> test, int seeds = 1, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        ArgumentNullException.ThrowIfNull(test);
        var context = SynchronizationContext.Current;
        try
        {
            foreach (var seed in SeedsOf(seeds)) Run(seed, test, name);
            return Task.CompletedTask;
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <inheritdoc/>
    protected override void AfterAll()
    {
        EndSystem();
        base.AfterAll();
    }

    private static IEnumerable<int> SeedsOf(int seeds)
    {
        if (Given("ACTORSTACK_SEED") is { } seed) return [seed];
        return Enumerable.Range(1, Given("ACTORSTACK_SEEDS") ?? seeds);
    }

    private static int? Given(string variable) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => null,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 => number,
        var text => throw new InvalidOperationException($"{variable} is '{text}'. Write a number, 1 or more."),
    };

    private void Run(int seed, Func<StackNetwork, Task> test, string name)
    {
        if (_driver is not null)
        {
            EndSystem();
            InitializeTest(null, Configuration, SystemName, null);
        }

        var network = new StackNetwork(Sys, seed);
        _driver = network.Driver;
        try
        {
            _driver.Run(() => test(network));
            network.VerifyStacks();
        }
        catch (Exception error)
        {
            throw FailureReport.Of(network, error, $"{GetType().Name}.{name}");
        }
        finally
        {
            _driver.IsEnding = true;
            EndSystem();
            network.Dispose();
        }
    }

    /// <summary>Ends the actor system, whose actors need the thread of their network.</summary>
    private void EndSystem()
    {
        var terminated = Sys.Terminate();
        if (_driver is null) terminated.Wait();
        else _driver.Pump(() => terminated.IsCompleted);
    }
}
