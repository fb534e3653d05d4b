using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>One connection, one direction, as fast as it goes.</summary>
internal sealed class BulkScenario(bool upload, double seconds) : IScenario
{
    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel, Target.Toe];

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        var result = await bench.MeasureAsync(
            target, upload ? "send" : "receive", upload ? Ports.Discard : Ports.Chargen, ["--seconds", $"{seconds}"],
            CommandJson.Default.BulkResult, cancellation);
        return [new Measurement(
            upload ? "bulk, client to server" : "bulk, server to client", result.Bytes * 8 / result.Seconds / 1e9, "Gbit/s")];
    }
}
