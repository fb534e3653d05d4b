using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Hosting;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves a connection of a stack in this process.</summary>
internal sealed class StackMover(IActorStack stack, string id) : IMover
{
    public Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation) => stack.GetConnectionAsync(id, cancellation);

    public Task<MigrationRecord> OffloadAsync(string engine, CancellationToken cancellation) => stack.OffloadAsync(id, engine, cancellation);

    public Task<MigrationRecord> UploadAsync(CancellationToken cancellation) => stack.UploadAsync(id, cancellation);
}
