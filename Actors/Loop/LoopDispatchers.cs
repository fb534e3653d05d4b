using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Actors.Loop;

/// <summary>The dispatchers of a stack's loops. The first is configured, and the others are copies of it.</summary>
internal static class LoopDispatchers
{
    /// <summary>Returns the id of a loop's dispatcher, and registers the dispatcher where it is missing.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="first">The id of the first loop's dispatcher, which is also its path in the configuration.</param>
    /// <param name="index">The index of the loop, from 0.</param>
    public static string IdOf(ActorSystem system, string first, int index)
    {
        if (index == 0) return first;
        var id = $"{first}-{index}";
        if (system.Dispatchers.HasDispatcher(id)) return id;
        var config = ConfigurationFactory.ParseString($"id = \"{id}\"").WithFallback(system.Settings.Config.GetConfig(first));
        system.Dispatchers.RegisterConfigurator(id, new LoopDispatcherConfigurator(config, system.Dispatchers.Prerequisites));
        return id;
    }
}
