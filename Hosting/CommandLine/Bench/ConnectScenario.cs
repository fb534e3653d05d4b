using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>Connections opened, used and closed; the software stack does all handshakes, so engines do not come in.</summary>
internal sealed class ConnectScenario(double seconds) : IScenario
{
    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software];

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        var result = await bench.MeasureAsync(
            target, "connect", Ports.Echo, ["--seconds", $"{seconds}"], CommandJson.Default.ConnectResult, cancellation);
        return [new Measurement("connections", result.PerSecond, "1/s")];
    }
}
