using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>The result of a transfer whose moves were counted.</summary>
/// <param name="Wanted">The moves that were asked for.</param>
/// <param name="Transfer">What the client saw.</param>
/// <param name="Moves">The moves in their order.</param>
/// <param name="Resent">What was sent again during the whole transfer.</param>
/// <param name="Client">The counters of the client's kernel during the whole transfer.</param>
internal sealed record CountedOutcome(
    int Wanted, TransferResult Transfer, IReadOnlyList<CountedMove> Moves, ResentSegments Resent, KernelCounters Client)
{
    /// <summary>The share of the moves that may cost a retransmission.</summary>
    private const double Tolerated = 0.05;

    /// <summary>The moves in which no side sent a segment again.</summary>
    public int Clean => Moves.Count(move => move.Resent.IsNone);

    public bool Succeeded => Transfer.DigestsEqual && Client is { ResetsReceived: 0, ResetsSent: 0 }
        && Moves.Count == Wanted && Clean >= Wanted * (1 - Tolerated);

    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "")
            .Title("One connection, counted moves");
        table.Columns[1].RightAligned();
        Add("client to server", Units.Bytes(Transfer.BytesSent));
        Add("server to client", Units.Bytes(Transfer.BytesReceived));
        Add("time", Units.Seconds(Transfer.Seconds));
        Add("digests equal", Transfer.DigestsEqual ? "yes" : $"NO {Transfer.Error}");
        Add("resets received / sent by the client", $"{Client.ResetsReceived} / {Client.ResetsSent}");
        Add("moves", $"{Moves.Count} of {Wanted}");
        Add("handoffs that were given up", $"{Moves.Sum(move => move.Refusals)}");
        Add("moves without a retransmission", $"{Clean}");
        var inMoves = Moves.Select(move => move.Resent).Aggregate(new ResentSegments(), (sum, one) => sum + one);
        Add("retransmissions by client / nodes in the moves", $"{inMoves}");
        Add("retransmissions by client / nodes between them", $"{Resent - inMoves}");
        Add("retransmission timeouts of the client", $"{Client.Timeouts}");
        var silence = new Percentiles(Moves.Select(move => move.Record.BlackoutMicroseconds));
        Add("freeze to confirmation p50 / max", $"{Units.Microseconds(silence.At(0.5))} / {Units.Microseconds(silence.At(1))}");
        Add("longest stall the client saw", Units.Microseconds(Transfer.LongestStallMilliseconds * 1000));
        AnsiConsole.Console.WriteTable(table);
        foreach (var (index, move) in Moves.Index().Where(one => !one.Item.Resent.IsNone))
        {
            AnsiConsole.WriteLine(
                $"move {index + 1} ({move.Record.To}): {move.Resent} retransmissions, freeze to confirmation "
                + Units.Microseconds(move.Record.BlackoutMicroseconds));
        }

        void Add(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
    }
}
