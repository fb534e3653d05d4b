using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves one connection: of a service behind its control socket, or of a stack in this process.</summary>
internal interface IMover
{
    Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation);

    Task<MigrationRecord> OffloadAsync(string engine, CancellationToken cancellation);

    Task<MigrationRecord> UploadAsync(CancellationToken cancellation);
}
