using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>A journal in memory whose writes go as the script of its actor system says.</summary>
public sealed class ScriptedJournal : MemoryJournal
{
    private static readonly ConcurrentDictionary<string, JournalScript> Scripts = new();

    /// <summary>Makes it the journal of the system of this name.</summary>
    public static Config Configure(string system, JournalScript script)
    {
        Scripts[system] = script;
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal {
              plugin = "akka.persistence.journal.scripted"
              scripted {
                class = "{{typeof(ScriptedJournal).FullName}}, {{typeof(ScriptedJournal).Assembly.GetName().Name}}"
                plugin-dispatcher = "akka.actor.default-dispatcher"
              }
            }
            """);
    }

    internal static JournalScript ScriptOf(string system) => Scripts[system];

    protected override async Task<IImmutableList<Exception>?> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        await Scripts[Context.System.Name].Attempt(writes.Sum(write => write.Size));
        return await base.WriteMessagesAsync(writes, cancellationToken);
    }
}
