using System.CommandLine;
using ActorStack.Actors.Cluster;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class NodesCommand
{
    public static Command Create() => OperateCommand.Finish(
        new Command("nodes", "List the nodes of the cluster as a running service sees them."),
        OperateCommand.Json.IReadOnlyListNodeSnapshot, (client, _, cancellation) => client.ListNodesAsync(cancellation), Print);

    private static void Print(IReadOnlyList<NodeSnapshot> nodes)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in (string[])["node", "incarnation", "address", "status", "connections"]) table.AddColumn(column);
        table.Columns[^1].RightAligned();
        foreach (var node in nodes)
        {
            string[] cells =
            [
                node.IsSelf ? $"{node.Name} (this one)" : node.Name, node.Incarnation.ToString(), node.Address, node.Status,
                node.Connections?.ToString() ?? "",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Console.WriteTable(table);
    }
}
