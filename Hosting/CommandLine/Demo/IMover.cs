using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves one connection: of a service behind its control socket, or of a stack in this process.</summary>
internal interface IMover
{
    Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation);

    /// <summary>Also what was rolled back. Null: not now, because the connection moves or closes already.</summary>
    Task<MigrationRecord?> OffloadAsync(string engine, CancellationToken cancellation);

    /// <inheritdoc cref="OffloadAsync"/>
    Task<MigrationRecord?> UploadAsync(CancellationToken cancellation);
}
