using ActorStack.Actors.Connections;
using ActorStack.Hosting;

namespace ActorStack.AspNetCore.Server;

/// <summary>Moves every connection of the stack at each interval: from software into the first engine, or back.</summary>
internal sealed class Mover(IActorStack stack, TimeSpan interval) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var connections = await stack.ListConnectionsAsync(ended: false, stoppingToken);
            await Task.WhenAll(connections.Select(connection => MoveAsync(connection, stoppingToken)));
        }
    }

    private async Task MoveAsync(ConnectionSnapshot connection, CancellationToken stopping)
    {
        try
        {
            if (connection.RunsOn == "software") await stack.OffloadAsync(connection.Id, stack.Engines[0], stopping);
            else await stack.UploadAsync(connection.Id, stopping);
        }
        catch (ActorStackException)
        {
            // It is in its handshake, moves already, or has ended.
        }
    }
}
