using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves one connection, of a service behind its control socket or of a stack in this process.</summary>
internal interface IMover
{
    Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation);

    /// <summary>
    /// Moves the connection into an engine. Returns the record, also of a move that was rolled back; null where the connection
    /// is moving or closing.
    /// </summary>
    Task<MigrationRecord?> OffloadAsync(string engine, CancellationToken cancellation);

    /// <inheritdoc cref="OffloadAsync"/>
    Task<MigrationRecord?> UploadAsync(CancellationToken cancellation);
}
