using System.CommandLine;
using System.Text.Json;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class ConnectionsCommand
{
    private static readonly string[] Texts = ["id", "remote", "local", "state", "runs on"];
    private static readonly string[] Figures = ["received", "sent", "rtt", "cwnd", "moves", "age"];

    public static Command Create()
    {
        var ended = new Option<bool>("--ended") { Description = "Also those that are no more, and why." };
        var cluster = new Option<bool>("--cluster") { Description = "The living connections of all nodes of the cluster." };
        var control = ControlPath.Option();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("connections", "List the connections of a running service.") { ended, cluster, control, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = new ControlClient(parsed.GetRequiredValue(control));
            if (parsed.GetValue(cluster))
            {
                var nodes = await client.ListClusterConnectionsAsync(cancellation);
                if (parsed.GetValue(json))
                    Console.WriteLine(JsonSerializer.Serialize(nodes, OperateCommand.Json.IReadOnlyListNodeConnections));
                else
                    Print(nodes);
                return;
            }

            var connections = await client.ListConnectionsAsync(parsed.GetValue(ended), cancellation);
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(connections, OperateCommand.Json.IReadOnlyListConnectionSnapshot));
            else
                Print(connections);
        });
        return command;
    }

    private static void Print(IReadOnlyList<ConnectionSnapshot> connections)
    {
        var table = TableOf(Texts);
        foreach (var connection in connections) table.AddRow(Escaped(Cells(connection)));
        AnsiConsole.Console.WriteTable(table);
        AnsiConsole.WriteLine(Count(connections.Count));
    }

    private static void Print(IReadOnlyList<NodeConnections> nodes)
    {
        var table = TableOf(["node", .. Texts]);
        foreach (var node in nodes)
        {
            foreach (var connection in node.Connections) table.AddRow(Escaped([node.Node, .. Cells(connection)]));
        }

        AnsiConsole.Console.WriteTable(table);
        AnsiConsole.WriteLine($"{Count(nodes.Sum(node => node.Connections.Count))} of {nodes.Count} nodes");
        foreach (var node in nodes.Where(node => node.Problem is not null))
            AnsiConsole.WriteLine($"node {node.Node} {node.Problem}");
    }

    private static Table TableOf(IReadOnlyList<string> texts)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in texts) table.AddColumn(column);
        foreach (var column in Figures) table.AddColumn(new TableColumn(column).RightAligned());
        return table;
    }

    private static string[] Cells(ConnectionSnapshot connection) =>
    [
        connection.Id, connection.Remote, connection.Local,
        connection.Ended is { } why ? $"ended: {why}" : connection.State.ToString(),
        connection.Ended is null ? connection.RunsOn : "",
        Units.Bytes(connection.BytesReceived), Units.Bytes(connection.BytesSent), Units.Microseconds(connection.RttMicroseconds),
        Units.Bytes(connection.CongestionWindow), connection.Migrations.ToString(), Units.Seconds(connection.AgeSeconds),
    ];

    private static string[] Escaped(IEnumerable<string> cells) => [.. cells.Select(Markup.Escape)];

    private static string Count(int count) => count == 1 ? "1 connection" : $"{count} connections";
}
