using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Hosting;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves a connection of a stack in this process.</summary>
internal sealed class StackMover(IActorStack stack, string id) : IMover
{
    public Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation) => stack.GetConnectionAsync(id, cancellation);

    public Task<MigrationRecord?> OffloadAsync(string engine, CancellationToken cancellation) =>
        UnlessNotNowAsync(stack.OffloadAsync(id, engine, cancellation));

    public Task<MigrationRecord?> UploadAsync(CancellationToken cancellation) =>
        UnlessNotNowAsync(stack.UploadAsync(id, cancellation));

    private static async Task<MigrationRecord?> UnlessNotNowAsync(Task<MigrationRecord> migration)
    {
        try
        {
            return await migration;
        }
        catch (ActorStackException refused) when (refused.Code == FailureCode.NotNow)
        {
            return null;
        }
    }
}
