using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting.Telemetry;

/// <summary>Asks the stack for its statistics once a second while somebody observes the instruments that read them.</summary>
internal sealed class StackSampler(IActorStack stack, StackMetrics metrics) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                metrics.Sample = metrics.IsObserved ? await SampleAsync(stoppingToken) : null;
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Null where the stack does not run or does not answer.</summary>
    private async Task<StackSample?> SampleAsync(CancellationToken cancellation)
    {
        try
        {
            return new StackSample(
                await stack.GetStatisticsAsync(cancellation), await stack.ListNodesAsync(cancellation));
        }
        catch (ActorStackException)
        {
            return null;
        }
    }
}
