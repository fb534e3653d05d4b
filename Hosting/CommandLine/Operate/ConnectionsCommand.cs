using System.CommandLine;
using ActorStack.Actors.Connections;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class ConnectionsCommand
{
    public static Command Create()
    {
        var ended = new Option<bool>("--ended") { Description = "Also those that are no more, and why." };
        var command = new Command("connections", "List the connections of a running service.") { ended };
        return OperateCommand.Finish(
            command, OperateCommand.Json.IReadOnlyListConnectionSnapshot,
            (client, parsed, cancellation) => client.ListConnectionsAsync(parsed.GetValue(ended), cancellation), Print);
    }

    private static void Print(IReadOnlyList<ConnectionSnapshot> connections)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in (string[])["id", "remote", "local", "state", "runs on"]) table.AddColumn(column);
        foreach (var column in (string[])["received", "sent", "rtt", "cwnd", "moves", "age"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var connection in connections)
        {
            string[] cells =
            [
                connection.Id, connection.Remote, connection.Local,
                connection.Ended is { } why ? $"ended: {why}" : connection.State.ToString(),
                connection.Ended is null ? connection.RunsOn : "",
                Units.Bytes(connection.BytesReceived), Units.Bytes(connection.BytesSent),
                Units.Microseconds(connection.RttMicroseconds),
                Units.Bytes(connection.CongestionWindow), connection.Migrations.ToString(), Units.Seconds(connection.AgeSeconds),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Console.WriteTable(table);
        AnsiConsole.WriteLine(connections.Count == 1 ? "1 connection" : $"{connections.Count} connections");
    }
}
