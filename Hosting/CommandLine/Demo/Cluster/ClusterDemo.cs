using System.Diagnostics;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>
/// The demo with three nodes: a transfer over one connection, which goes round the nodes all the while; then many connections
/// while the nodes restart, and while one of them is lost.
/// </summary>
internal static class ClusterDemo
{
    private const int CrowdSize = 300;

    private static readonly TimeSpan CrowdPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Names = ["a", "b", "c"];

    public static async Task<ClusterOutcome> RunAsync(TimeSpan time, CancellationToken cancellation)
    {
        using var lab = new ClusterLaboratory(Names);
        AnsiConsole.WriteLine("Three nodes join a cluster ...");
        await lab.StartAsync(cancellation);
        var before = KernelCounters.Read(lab.Client);
        using var client = await lab.StartClientAsync(
            "transfer", Ports.Transfer, ["--seconds", $"{time.TotalSeconds}"], cancellation);
        var id = (await lab.EstablishedAsync("a", cancellation)).Single().Id;
        AnsiConsole.MarkupLineInterpolated($"Connection [bold]{id}[/] goes round the nodes a -> b -> c -> a ...");
        var (result, records) = await ProgressLine.Open().WatchAsync(
            TransferAsync(lab, client, id, time - TimeSpan.FromSeconds(1), cancellation), time);
        var counted = KernelCounters.Read(lab.Client) - before;
        return new ClusterOutcome(result, records, counted, await PlayAsync(lab, cancellation));
    }

    private static async Task<IReadOnlyList<ActOutcome>> PlayAsync(ClusterLaboratory lab, CancellationToken cancellation)
    {
        var acts = new ClusterActs(lab, CrowdSize, CrowdPeriod);
        AnsiConsole.WriteLine(
            $"{CrowdSize} connections are echoed while every node stops and starts again, one after another ...");
        var restart = await WatchAsync(acts.RestartAllAsync(cancellation));
        AnsiConsole.WriteLine("... while a node is killed ...");
        var kill = await WatchAsync(acts.KillAsync("b", cancellation));
        AnsiConsole.WriteLine("... while a node is parted from the others ...");
        var partition = await WatchAsync(acts.PartAsync("c", cancellation));
        AnsiConsole.WriteLine("... while a node is suspended for longer than the others wait for it ...");
        return [restart, kill, partition, await WatchAsync(acts.SuspendAsync("b", cancellation))];
    }

    private static Task<ActOutcome> WatchAsync(Task<ActOutcome> act) => ProgressLine.Open().WatchAsync(
        act, elapsed => Task.FromResult($"{elapsed.TotalSeconds:0} s"));

    /// <summary>Lets the connection go round while the client transfers.</summary>
    public static async Task<(TransferResult Result, IReadOnlyList<MigrationRecord> Handoffs)> TransferAsync(
        ClusterLaboratory lab, ChildProcess client, string id, TimeSpan time, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var transfer = FinishAsync(client, over, cancellation);
        var records = await GoRoundAsync(lab, id, time, over.Token);
        return (await transfer, records);
    }

    private static async Task<TransferResult> FinishAsync(
        ChildProcess client, CancellationTokenSource over, CancellationToken cancellation)
    {
        try
        {
            return await Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, cancellation);
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    /// <summary>Hands the connection from node to node, until the time or the transfer ends.</summary>
    private static async Task<IReadOnlyList<MigrationRecord>> GoRoundAsync(
        ClusterLaboratory lab, string id, TimeSpan time, CancellationToken over)
    {
        var records = new List<MigrationRecord>();
        var clock = Stopwatch.StartNew();
        var owner = 0;
        try
        {
            while (clock.Elapsed < time)
            {
                await Task.Delay(Dwell, over);
                var next = (owner + 1) % lab.Names.Count;
                if (await TryHandOffAsync(lab.ControlOf(lab.Names[owner]), id, lab.Names[next], over) is not { } record) continue;
                records.Add(record);
                if (record.Outcome == MigrationOutcome.Completed) owner = next;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The transfer ended first, and its result gives the reason.
            return records;
        }

        return records;
    }

    /// <summary>The record, also of a handoff that was rolled back; null where the connection is moving or closing.</summary>
    private static async Task<MigrationRecord?> TryHandOffAsync(
        ControlClient control, string id, string node, CancellationToken over)
    {
        try
        {
            return await control.HandOffAsync(id, node, over);
        }
        catch (RolledBackException rolledBack)
        {
            return rolledBack.Migration;
        }
        catch (CommandException refused) when (refused.ExitCode == ExitCodes.Refused)
        {
            return null;
        }
    }
}
