using ActorStack.Actors.Persistence;
using Akka.Configuration;
using Akka.Persistence;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>A store that answers as the script of its actor system says.</summary>
public sealed class ScriptedStore(Config store) : IConnectionStore
{
    /// <summary>What a write fails with that finds an event of its number.</summary>
    public static IOException Duplicate { get; } = new("UNIQUE constraint failed");

    public string Location => "a script";

    public bool IsShared => false;

    public Config Configuration => Config.Empty;

    private JournalScript Script => ScriptedJournal.ScriptOf(store.GetString("system"));

    /// <summary>Makes it the store of the connection journal of the system of this name.</summary>
    public static Config ConfigurationOf(string system) => ConfigurationFactory.ParseString($$"""
        {{GroupCommitJournal.PluginId}}.store {
          class = "{{typeof(ScriptedStore).FullName}}, {{typeof(ScriptedStore).Assembly.GetName().Name}}"
          system = "{{system}}"
        }
        """);

    public Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default)
    {
        if (Script.StoreFailures.TryDequeue(out var failure)) return Task.FromException<IReadOnlyList<ClaimAnswer>>(failure);
        return Task.FromResult<IReadOnlyList<ClaimAnswer>>(
            [.. claims.Select(claim => Script.Refused.Contains(claim.PersistenceId)
                ? new ClaimAnswer(false, 7, "another")
                : new ClaimAnswer(true, claim.Epoch, claim.Owner))]);
    }

    public Task<IReadOnlyList<byte[]?>> FindAsync(
        IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<byte[]?>>([.. events.Select(item => Script.Written.GetValueOrDefault(item.PersistenceId))]);

    public StorageProblem Diagnose(Exception error) => StorageProblem.Of(error, Location);

    public bool IsDuplicate(Exception error) => error == Duplicate || (error.InnerException is { } inner && IsDuplicate(inner));

    public Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default) => Task.FromResult(0);
}
