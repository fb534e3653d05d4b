using System.Collections.Concurrent;
using System.Diagnostics;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;

namespace ActorStack.Hosting.Tests.Telemetry;

public sealed class MigrationActivityTests
{
    [Fact]
    public async Task A_move_is_an_activity_with_its_steps_and_its_record()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActorStackTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port), options => options.Node = "traced");
        await host.ConnectAsync();
        var id = Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        await host.Stack.OffloadAsync(id, "toe", Patience.Token());
        await host.Stack.UploadAsync(id, Patience.Token());

        // Other tests move connections at the same time.
        var moves = ended.Where(one => (string?)one.GetTagItem("actorstack.connection.id") == id).ToList();
        Assert.Equal(["software to toe", "toe to software"], moves.Select(
            move => $"{move.GetTagItem("actorstack.migration.from")} to {move.GetTagItem("actorstack.migration.to")}"));
        Assert.All(moves, move =>
        {
            Assert.Equal("actorstack.migration", move.OperationName);
            Assert.Equal("Completed", move.GetTagItem("actorstack.migration.outcome"));
            Assert.Equal("operator", move.GetTagItem("actorstack.migration.trigger"));
            Assert.True(move.Duration > TimeSpan.Zero);
            Assert.Null(move.Parent);
        });
        Assert.Equal(
            ["ArmLimit", "Freeze", "ArmLimit", "Initiate", "Commit", "ForwardHeld", "Steer", "Conclude"],
            moves[0].Events.Select(step => step.Name));
    }
}
