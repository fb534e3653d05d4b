using ActorStack.Actors.Migration;

namespace ActorStack.Hosting;

/// <summary>
/// Tells where a connection of the stack runs, and moves it: a feature of its <c>ConnectionContext</c>, and of the
/// <c>HttpContext</c> of each of its requests. A move disturbs neither the application nor the peer, so a request may move its
/// own connection. The handoff of a connection to another node is up to its handler: <see cref="IConnectionHandoffFeature"/>.
/// </summary>
/// <exception cref="ActorStackException">
/// The methods throw it where there is no such engine, or where the connection cannot move now because it is moving or ending.
/// </exception>
public interface IConnectionMigrationFeature
{
    /// <summary>What runs the connection now: <c>software</c> or the name of an engine. It may change at any time.</summary>
    string RunsOn { get; }

    /// <summary>The names of the engines in use.</summary>
    IReadOnlyList<string> Engines { get; }

    /// <summary>
    /// Moves the connection from the software stack into an engine. The record also tells of a move that was rolled back.
    /// </summary>
    Task<MigrationRecord> OffloadAsync(string engine, CancellationToken cancellation = default);

    /// <summary>Moves the connection from its engine back into the software stack.</summary>
    Task<MigrationRecord> UploadAsync(CancellationToken cancellation = default);

    /// <summary>Lists the migrations of the connection, oldest first.</summary>
    Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(CancellationToken cancellation = default);
}
