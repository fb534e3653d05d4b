using System.CommandLine;
using System.Text.Json;
using ActorStack.Transport.State;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class TcpInfoCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var command = new Command("tcp-info", "Show the figures of a connection as Linux's TCP_INFO names them.") { id };
        return OperateCommand.Finish(
            command, OperateCommand.Json.TcpStatistics,
            (client, parsed, cancellation) => client.GetTcpStatisticsAsync(parsed.GetRequiredValue(id), cancellation), Print);
    }

    private static void Print(TcpStatistics statistics)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("name", "value");
        table.Columns[1].RightAligned();
        foreach (var member in JsonSerializer.SerializeToElement(statistics, OperateCommand.Json.TcpStatistics).EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Null) table.AddRow(member.Name, member.Value.ToString());
        }

        AnsiConsole.Console.WriteTable(table);
    }
}
