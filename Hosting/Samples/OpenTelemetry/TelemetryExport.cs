using ActorStack.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ActorStack.Samples.OpenTelemetry;

/// <summary>The export of what the stack measures.</summary>
internal static class TelemetryExport
{
    /// <summary>Exports the meter and the activities by OTLP, to where the variables of OpenTelemetry say.</summary>
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("echo"))
            .WithMetrics(metrics => metrics.AddMeter(ActorStackTelemetry.MeterName).AddOtlpExporter())
            .WithTracing(traces => traces.AddSource(ActorStackTelemetry.ActivitySourceName).AddOtlpExporter());
        return services;
    }
}
