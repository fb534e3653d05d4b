using Akka.Configuration;
using Akka.Dispatch;

namespace ActorStack.Actors.Loop;

/// <summary>
/// Creates the <see cref="LoopDispatcher"/> of a configuration section; see <c>actorstack.loop-dispatcher</c> in
/// reference.conf.
/// </summary>
public sealed class LoopDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly LoopDispatcher _dispatcher;

    /// <summary>Called by Akka with the section of the dispatcher.</summary>
    public LoopDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
        var mode = config.GetString("mode", "thread");
        _dispatcher = new LoopDispatcher(
            this,
            config.GetString("id"),
            Enum.TryParse<LoopMode>(mode, ignoreCase: true, out var parsed)
                ? parsed
                : throw new ConfigurationException($"actorstack loop mode '{mode}' is neither 'thread' nor 'manual'"),
            config.GetInt("throughput", 32),
            config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1)));
    }

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}
