using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>The result of the demo with several nodes.</summary>
/// <param name="Transfer">The transfer over the connection that went from node to node.</param>
/// <param name="Handoffs">The records of the sources, in their order.</param>
/// <param name="Client">The counters of the client's kernel during the transfer.</param>
/// <param name="Acts">What happened to the nodes after it.</param>
internal sealed record ClusterOutcome(
    TransferResult Transfer, IReadOnlyList<MigrationRecord> Handoffs, KernelCounters Client, IReadOnlyList<ActOutcome> Acts)
{
    public bool Succeeded =>
        Transfer.DigestsEqual && Client is { ResetsReceived: 0, ResetsSent: 0 } && Acts.All(act => act.Succeeded);

    public void Print()
    {
        PrintTransfer();
        PrintActs();
    }

    private void PrintActs()
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Many connections, and what happened to their nodes")
            .AddColumns("", "connections", "held by the lost node", "reset", "longest wait for an echo", "stray segments");
        foreach (var act in Acts)
        {
            table.AddRow(
                act.Name, $"{act.Crowd.Connections}", $"{act.Lost}", $"{act.Crowd.Failed}",
                Units.Microseconds(act.Crowd.LongestMilliseconds * 1000), $"{act.Client.ResetsSent}");
        }

        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        AnsiConsole.Console.WriteTable(table);
        foreach (var act in Acts)
        {
            foreach (var (error, count) in act.Crowd.Errors) AnsiConsole.WriteLine($"{act.Name}: {count} times {error}");
        }
    }

    private void PrintTransfer()
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "").Title("One connection, three nodes");
        table.Columns[1].RightAligned();
        Add("client to server", Units.Bytes(Transfer.BytesSent));
        Add("server to client", Units.Bytes(Transfer.BytesReceived));
        Add("digests equal", Transfer.DigestsEqual ? "yes" : $"NO {Transfer.Error}");
        foreach (var outcome in Handoffs.GroupBy(record => record.Outcome))
            Add($"handoffs: {outcome.Key}", outcome.Count().ToString());
        var silence = new Percentiles(
            Handoffs.Where(r => r.Outcome == MigrationOutcome.Completed).Select(r => r.BlackoutMicroseconds));
        Add("freeze to confirmation min / p50", $"{Units.Microseconds(silence.At(0))} / {Units.Microseconds(silence.At(0.5))}");
        Add("freeze to confirmation p99 / max", $"{Units.Microseconds(silence.At(0.99))} / {Units.Microseconds(silence.At(1))}");
        Add("longest stall the client saw", Units.Microseconds(Transfer.LongestStallMilliseconds * 1000));
        Add("retransmissions by the client's kernel", $"{Client.Retransmissions}");
        Add("resets it received / sent", $"{Client.ResetsReceived} / {Client.ResetsSent}");
        AnsiConsole.Console.WriteTable(table);
        foreach (var why in Handoffs.Where(record => record.Detail.Length > 0).CountBy(record => record.Detail))
            AnsiConsole.MarkupLineInterpolated($"[yellow]{why.Value} times:[/] {why.Key}");

        void Add(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
    }
}
