using ActorStack.Actors;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorStack.Hosting.Telemetry;

/// <summary>
/// Tells whether the node serves: unhealthy where the stack does not run or does not answer, its device is lost, its journal
/// takes no writes or the cluster has removed it; degraded where it takes no new connections because it leaves.
/// </summary>
internal sealed class StackHealthCheck(IActorStack stack, ActorStackService? service = null) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthCheckResult Unhealthy(string reason) => new(context.Registration.FailureStatus, reason);

        if (service?.Failure is { } failure) return Unhealthy($"The device is lost: {failure.Message}");
        StackStatistics statistics;
        try
        {
            statistics = await stack.GetStatisticsAsync(cancellationToken);
        }
        catch (ActorStackException error)
        {
            return Unhealthy(error.Message);
        }

        var self = (await stack.ListNodesAsync(cancellationToken)).FirstOrDefault(node => node.IsSelf);
        if (self?.Status is "down" or "name-taken")
            return Unhealthy($"The cluster does not count this node as a member: it is {self.Status}.");
        if (statistics.JournalProblem is { } problem) return Unhealthy($"The journal takes no writes: {problem}");
        if (statistics.IsLeaving || self?.Status is "leaving" or "exiting")
            return HealthCheckResult.Degraded("The node takes no new connections, because it drains or stops.");
        return HealthCheckResult.Healthy($"{statistics.Connections} connections");
    }
}
