using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>64 bytes there and back, on one connection or on many.</summary>
internal sealed class RoundTripScenario(int connections, double seconds) : IScenario
{
    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel, Target.Toe];

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        var result = await bench.MeasureAsync(
            target, "roundtrips", Ports.Echo, ["--seconds", $"{seconds}", "--connections", $"{connections}"],
            CommandJson.Default.RoundTripResult, cancellation);
        var over = connections == 1 ? "1 connection" : $"{connections} connections";
        return
        [
            new Measurement($"round trips, {over}", result.PerSecond, "1/s"),
            new Measurement($"round trip p50, {over}", result.P50Microseconds, "us"),
            new Measurement($"round trip p99, {over}", result.P99Microseconds, "us"),
        ];
    }
}
