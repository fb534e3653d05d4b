using System.CommandLine;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Plot;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class MigrationsCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var plot = new Option<string?>("--plot")
        {
            Description = "Also draw the blackouts over time as SVG.",
            HelpName = "FILE.svg",
        };
        var command = new Command("migrations", "List the migrations of a connection, oldest first.") { id, plot };
        return OperateCommand.Finish(
            command, OperateCommand.Json.IReadOnlyListMigrationRecord,
            async (client, parsed, cancellation) =>
            {
                var connection = parsed.GetRequiredValue(id);
                var records = await client.GetMigrationsAsync(connection, cancellation);
                if (parsed.GetValue(plot) is { } file)
                    SvgFile.Write(file, MigrationPlot.Draw($"moves of connection {connection}", records));
                return records;
            },
            Print);
    }

    public static void Print(IReadOnlyList<MigrationRecord> records)
    {
        var table = new Table().Border(TableBorder.Rounded);
        string[] columns =
            ["#", "from", "to", "epoch", "why", "outcome", "blackout", "unacked", "unsent", "undelivered", "resent", "not exact"];
        foreach (var column in columns)
            table.AddColumn(column);
        foreach (var record in records)
        {
            string[] cells =
            [
                record.Number.ToString(), record.From, record.To, record.Epoch.ToString(), record.Trigger,
                record.Detail.Length > 0 ? $"{record.Outcome}: {record.Detail}" : record.Outcome.ToString(),
                Units.Microseconds(record.BlackoutMicroseconds), Units.Bytes(record.UnacknowledgedBytes),
                Units.Bytes(record.UnsentBytes), Units.Bytes(record.UndeliveredBytes), $"{record.Retransmissions}",
                string.Join(", ", record.Ledger.Select(entry => entry.Field)),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Console.WriteTable(table);
    }
}
