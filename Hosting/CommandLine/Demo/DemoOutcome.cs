using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo;

/// <summary>The result of the demo.</summary>
/// <param name="Transfer">The transfer over the connection that moved.</param>
/// <param name="Owners">The share of each owner in it, by the owner's name.</param>
/// <param name="Migrations">The moves, in their order.</param>
/// <param name="Client">The counters of the client's kernel during the demo; null where the client does not use the kernel's
/// TCP.</param>
/// <param name="Plain">A plain kernel connection over the same path; null where there is no such path.</param>
/// <param name="PlainClient">The counters of the client's kernel during that connection.</param>
internal sealed record DemoOutcome(
    TransferResult Transfer,
    IReadOnlyDictionary<string, OwnerShare> Owners,
    IReadOnlyList<MigrationRecord> Migrations,
    KernelCounters? Client = null,
    TransferResult? Plain = null,
    KernelCounters? PlainClient = null)
{
    public bool Succeeded => Transfer.DigestsEqual && Client is null or { ResetsReceived: 0, ResetsSent: 0 };

    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "").Title("One connection, many stacks");
        table.Columns[1].RightAligned();
        Add("client to server", Units.Bytes(Transfer.BytesSent));
        Add("server to client", Units.Bytes(Transfer.BytesReceived));
        Add("digests equal", Transfer.DigestsEqual ? "yes" : $"NO {Transfer.Error}");
        foreach (var (owner, share) in Owners)
            Add($"throughput on {owner}, both ways", Units.Rate(share.Bytes / share.Time.TotalSeconds));
        if (Plain is not null)
            Add("throughput of a plain kernel connection", Units.Rate((Plain.BytesSent + Plain.BytesReceived) / Plain.Seconds));
        foreach (var outcome in Migrations.GroupBy(record => record.Outcome))
            Add($"migrations: {outcome.Key}", outcome.Count().ToString());
        var blackout = new Percentiles(
            Migrations.Where(r => r.Outcome == MigrationOutcome.Completed).Select(r => r.BlackoutMicroseconds));
        Add("blackout min / p50", $"{Units.Microseconds(blackout.At(0))} / {Units.Microseconds(blackout.At(0.5))}");
        Add("blackout p99 / max", $"{Units.Microseconds(blackout.At(0.99))} / {Units.Microseconds(blackout.At(1))}");
        Add("longest stall the client saw", Units.Microseconds(Transfer.LongestStallMilliseconds * 1000));
        if (Client is not null)
        {
            Add("retransmissions by the client's kernel", PerGigabyte(Client, Transfer));
            if (Plain is not null && PlainClient is not null)
                Add("of the plain kernel connection", PerGigabyte(PlainClient, Plain));
            Add("resets it received / sent", $"{Client.ResetsReceived} / {Client.ResetsSent}");
        }

        AnsiConsole.Console.WriteTable(table);
        foreach (var why in Migrations.Where(record => record.Detail.Length > 0).CountBy(record => record.Detail))
            AnsiConsole.MarkupLineInterpolated($"[yellow]{why.Value} times:[/] {why.Key}");

        // Segments that the path reorders are also resent, whichever stack receives them.
        static string PerGigabyte(KernelCounters counted, TransferResult transfer) =>
            $"{counted.Retransmissions} ({counted.Retransmissions / (transfer.BytesSent / 1e9):0} per GB)";

        void Add(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
    }
}
