using ActorStack.Hosting.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorStack.Hosting;

/// <summary>Adds the health of a stack to the health checks of .NET.</summary>
public static class ActorStackHealthChecksBuilderExtensions
{
    /// <summary>
    /// Checks the stack that <c>AddActorStack</c> has registered. It fails where the stack does not run or does not answer, its
    /// device is lost, its journal takes no writes or its cluster has removed it, and is degraded where the node takes no new
    /// connections because it drains or stops. The description is the reason.
    /// </summary>
    /// <param name="builder">The health checks of the host: <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failure counts as; null: unhealthy.</param>
    /// <param name="tags">Tags by which checks can be filtered.</param>
    public static IHealthChecksBuilder AddActorStack(
        this IHealthChecksBuilder builder, string name = "actorstack", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<StackHealthCheck>(name, failureStatus, tags ?? []);
    }
}
