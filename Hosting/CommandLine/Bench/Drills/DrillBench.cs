using System.Net;
using ActorStack.Actors;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>A service, its legitimate clients, and an attacker in the network between them.</summary>
internal sealed class DrillBench : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly Laboratory _lab;
    private readonly ChildProcess _service;
    private readonly AttackLink _link;

    private DrillBench(Laboratory lab, ChildProcess service, AttackLink link) => (_lab, _service, _link) = (lab, service, link);

    /// <summary>Builds the laboratory, starts the service and the attacker's link, and warms up.</summary>
    /// <param name="scale">How many clients there are.</param>
    /// <param name="warmUp">For so long the clients are served before anything is measured: code is compiled and pools are
    /// filled.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<DrillBench> StartAsync(DrillScale scale, TimeSpan warmUp, CancellationToken cancellation)
    {
        var parts = new Stack<IDisposable>();
        try
        {
            var lab = Push(new Laboratory());
            var bench = new DrillBench(lab, Push(await lab.StartServiceAsync(cancellation)), Push(new AttackLink(lab)));
            await bench.WarmUpAsync(scale, warmUp, cancellation);
            return bench;
        }
        catch
        {
            while (parts.TryPop(out var part)) part.Dispose();
            throw;
        }

        T Push<T>(T part)
            where T : IDisposable
        {
            parts.Push(part);
            return part;
        }
    }

    public async Task<DrillFigure> RunAsync(Drill drill, DrillScale scale, CancellationToken cancellation)
    {
        await WaitForConnectionsAsync(0, cancellation);
        using var client = await _lab.StartClientAsync("steady", Laboratory.VirtualAddress, Ports.Echo, [], cancellation);
        var steady = (await _lab.EstablishedAsync(cancellation)).Single();
        var steadily = Laboratory.FinishAsync(client, CommandJson.Default.SteadyResult, cancellation);
        var before = await ServeAsync(scale, scale.Undisturbed, steady.Id, cancellation);

        var counted = await CountAsync(cancellation);
        var time = scale.Attacked ?? TimeSpan.FromSeconds(drill.Seconds);
        var attack = drill.Create(_link, VictimOf(steady.Remote), scale.Share);
        var sent = _link.Sent;
        using var thread = new AttackThread(attack, _link, scale.MostPackets);
        var serving = ServeAsync(scale, time, steady.Id, cancellation);
        await thread.DuringAsync(serving);
        var during = await serving;

        var packets = _link.Sent - sent;
        var rose = Rose(counted, await CountAsync(cancellation));
        var after = await _lab.ReadMemoryAsync(cancellation);
        var connections = attack.Connections;
        thread.End();
        await thread.DuringAsync(WaitForConnectionsAsync(1, cancellation));
        await client.TellAsync("stop", cancellation);
        return new DrillFigure(
            drill.Name, time.TotalSeconds, packets, connections, before.Swarm, during.Swarm,
            Rate(during.Swarm) / Rate(before.Swarm),
            await steadily, during.SteadyRate / before.SteadyRate, before.Peak, during.Peak, after, Allowed(attack), rose);
    }

    public void Dispose()
    {
        _link.Dispose();
        _service.Dispose();
        _lab.Dispose();
    }

    private async Task WarmUpAsync(DrillScale scale, TimeSpan time, CancellationToken cancellation)
    {
        using var client = await _lab.StartClientAsync("steady", Laboratory.VirtualAddress, Ports.Echo, [], cancellation);
        await ServeAsync(scale, time, (await _lab.EstablishedAsync(cancellation)).Single().Id, cancellation);
    }

    private static long Allowed(Attack attack) => (50L << 20) + attack.Connections * attack.BytesAllowedEach;

    private static double Rate(SwarmResult result) => result.Bytes / result.Seconds;

    /// <summary>The flow as its client sees it.</summary>
    private static FlowKey VictimOf(string remote)
    {
        var client = IPEndPoint.Parse(remote);
        return new FlowKey(
            new TcpEndpoint(IpAddress.From(client.Address), (ushort)client.Port),
            new TcpEndpoint(AttackLink.Service, Ports.Echo));
    }

    /// <summary>The legitimate clients' work for a while.</summary>
    private async Task<Served> ServeAsync(DrillScale scale, TimeSpan time, string steady, CancellationToken cancellation)
    {
        using var swarm = await _lab.StartClientAsync(
            "swarm", Laboratory.VirtualAddress, Ports.Transfer,
            [
                "--connections", $"{scale.Clients}", "--period", $"{scale.Period.TotalSeconds}", "--up", $"{scale.Bytes}",
                "--patience", $"{scale.Patience.TotalSeconds}", "--seconds", $"{time.TotalSeconds}",
            ],
            cancellation);
        var before = await _lab.Control.GetConnectionAsync(steady, cancellation);
        var serving = Laboratory.FinishAsync(swarm, CommandJson.Default.SwarmResult, cancellation);
        var peak = await MemoryWatch.PeakAsync(_lab, serving, cancellation);
        var after = await _lab.Control.GetConnectionAsync(steady, cancellation);
        return new Served(await serving, (after.BytesSent - before.BytesSent) / (after.AgeSeconds - before.AgeSeconds), peak);
    }

    /// <summary>Half-open ones do not count: those of a flood are given up when their time has come.</summary>
    private async Task WaitForConnectionsAsync(int most, CancellationToken cancellation)
    {
        while (await _lab.Control.GetStatisticsAsync(cancellation) is var now && now.Connections - now.HalfOpen > most)
            await Task.Delay(Poll, cancellation);
    }

    private async Task<Dictionary<string, long>> CountAsync(CancellationToken cancellation)
    {
        StackStatistics statistics = await _lab.Control.GetStatisticsAsync(cancellation);
        return statistics.Dropped.Concat(statistics.TcpExt).ToDictionary();
    }

    private static Dictionary<string, long> Rose(Dictionary<string, long> before, Dictionary<string, long> after) => after
        .Select(pair => (pair.Key, By: pair.Value - before.GetValueOrDefault(pair.Key)))
        .Where(pair => pair.By > 0).ToDictionary(pair => pair.Key, pair => pair.By);

    /// <summary>What the clients were served in one run.</summary>
    /// <param name="Swarm">The transfers of the legitimate clients.</param>
    /// <param name="SteadyRate">The steady connection's bytes a second meanwhile.</param>
    /// <param name="Peak">The most memory of the service meanwhile.</param>
    private sealed record Served(SwarmResult Swarm, double SteadyRate, MemoryReport Peak);
}
