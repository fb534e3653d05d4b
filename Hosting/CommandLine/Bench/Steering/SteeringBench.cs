using System.Diagnostics;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Steering;

/// <summary>
/// Measures the steering of flows that moved: one connection as fast as it goes, by way of the old owner and directly, in turns;
/// and what an entry costs. The server side is plain .NET sockets in both cases.
/// </summary>
internal sealed class SteeringBench(int rounds, TimeSpan time, Action<string> progress)
{
    private const string Steered = "steered";
    private const int Singles = 2_000;
    private const int Batch = 1_000;
    private const int Others = 100_000;

    private readonly List<(string Target, Measurement Measurement)> _taken = [];

    public BenchReport Run()
    {
        using var lab = new SteeringLaboratory();
        using var steering = lab.OldOwner.Run(() => KernelFlowSteering.Open(
            new FlowSteeringSettings("bench", [SteeringLaboratory.VirtualAddress])));
        var target = steering.AddTarget(new NeighbourHop(SteeringLaboratory.NewOwner));
        for (var round = 0; round < rounds; round++)
        {
            MeasureBulk(lab, Target.Plain, _ => { });
            MeasureBulk(lab, Steered, flow => steering.Add(flow, target));
        }

        MeasureEntries(steering, target, "");
        steering.Add(Flows(Others, firstHost: 1 << 16), target);
        MeasureEntries(steering, target, $" beside {Others:N0}");
        return BenchRun.Report(BenchRun.Summarize(_taken));
    }

    private void MeasureBulk(SteeringLaboratory lab, string way, Action<FlowKey> steer)
    {
        lab.RouteTo(oldOwner: way == Steered);
        var flow = lab.NextFlow();
        steer(flow);
        using var client = lab.Connect(flow);
        var result = BulkClient.Run(client, upload: true, time);
        Take(way, "bulk, client to server", result.Bytes * 8 / result.Seconds / 1e9, "Gbit/s");
    }

    private void MeasureEntries(KernelFlowSteering steering, SteeringTarget target, string beside)
    {
        FlowKey[] flows = Flows(Singles, firstHost: 0);
        TakePercentiles($"add a flow{beside}", flows.Select(flow => Microseconds(() => steering.Add(flow, target))));
        TakePercentiles($"remove a flow{beside}", flows.Select(flow => Microseconds(() => steering.Remove(flow))));
        FlowKey[][] batches = [.. Flows(20 * Batch, firstHost: 0).Chunk(Batch)];
        TakePercentiles(
            $"add {Batch:N0} flows{beside}, each",
            batches.Select(batch => Microseconds(() => steering.Add(batch, target)) / Batch));
        TakePercentiles(
            $"remove {Batch:N0} flows{beside}, each",
            batches.Select(batch => Microseconds(() => steering.Remove(batch)) / Batch));
    }

    private void TakePercentiles(string name, IEnumerable<double> values)
    {
        var percentiles = new Percentiles(values);
        Take(Steered, $"{name}, p50", percentiles.At(0.5), "us");
        Take(Steered, $"{name}, p99", percentiles.At(0.99), "us");
    }

    private void Take(string way, string name, double value, string unit)
    {
        progress($"{name}, {way}: {value:0.##} {unit}");
        _taken.Add((way, new Measurement(name, value, unit)));
    }

    private static double Microseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    /// <summary>Flows of clients that there are not, each with another address.</summary>
    private static FlowKey[] Flows(int count, int firstHost) =>
    [
        .. Enumerable.Range(firstHost, count).Select(host => new FlowKey(
            new TcpEndpoint(SteeringLaboratory.VirtualAddress, Ports.Discard),
            new TcpEndpoint(IpAddress.Read([11, (byte)(host >> 16), (byte)(host >> 8), (byte)host]), 1024))),
    ];
}
