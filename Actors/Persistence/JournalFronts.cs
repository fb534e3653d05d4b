using ActorStack.Actors.Loop;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The <see cref="GroupCommitJournal"/> of each loop. A loop has one of its own, because each event of a connection would
/// otherwise go to the thread of another loop and back. They share the journal and the store behind them.
/// </summary>
internal static class JournalFronts
{
    /// <summary>Returns the plugin id of a loop's journal, and registers its configuration where it is missing.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="first">The id of the first loop's dispatcher.</param>
    /// <param name="index">The index of the loop, from 0.</param>
    public static string IdOf(ActorSystem system, string first, int index)
    {
        if (index == 0) return GroupCommitJournal.PluginId;
        var id = $"{GroupCommitJournal.PluginId}-{index}";
        if (system.Settings.Config.HasPath(id)) return id;
        var dispatcher = LoopDispatchers.IdOf(system, first, index);
        var front = ConfigurationFactory.ParseString($"plugin-dispatcher = \"{dispatcher}\"")
            .WithFallback(system.Settings.Config.GetConfig(GroupCommitJournal.PluginId));
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString($"{id} {{\n{front.Root}\n}}"));
        return id;
    }
}
