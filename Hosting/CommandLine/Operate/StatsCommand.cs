using System.CommandLine;
using ActorStack.Actors;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class StatsCommand
{
    public static Command Create() => OperateCommand.Finish(
        new Command("stats", "Show the counters of a running service."), OperateCommand.Json.StackStatistics,
        (client, _, cancellation) => client.GetStatisticsAsync(cancellation), Print);

    private static void Print(StackStatistics statistics)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("what", "value");
        table.Columns[1].RightAligned();
        Add("loops", statistics.Loops);
        Add("connections", statistics.Connections);
        Add("in the handshake", statistics.HalfOpen);
        foreach (var (owner, count) in statistics.ByOwner) Add($"run on {owner}", count);
        Add("opened", statistics.Opened);
        Add("closed", statistics.Closed);
        Add("segments received", statistics.SegmentsReceived);
        Add("segments sent", statistics.SegmentsSent);
        table.AddRow("received", Units.Bytes(statistics.BytesReceived));
        table.AddRow("sent", Units.Bytes(statistics.BytesSent));
        Add("frames handed over between loops", statistics.HandedOver);
        Add("resets sent", statistics.ResetsSent);
        Add("in TIME-WAIT", statistics.TimeWaits);
        foreach (var (limit, use) in statistics.Limits)
            table.AddRow(Markup.Escape($"{limit}, of {use.Limit}; met"), $"{use.Used}; {use.Met}");
        foreach (var (counter, count) in statistics.Tcp.Concat(statistics.TcpExt)) Add(counter, count);
        foreach (var (reason, count) in statistics.Dropped) Add($"dropped: {reason}", count);
        foreach (var (kind, count) in statistics.Migrations) Add(kind, count);
        foreach (var (change, count) in statistics.HostChanges) Add($"taken away: {change}", count);
        if (statistics.JournalProblem is { } problem) table.AddRow("journal", Markup.Escape(problem));
        AnsiConsole.Console.WriteTable(table);

        void Add(string what, long value) => table.AddRow(Markup.Escape(what), value.ToString());
    }
}
