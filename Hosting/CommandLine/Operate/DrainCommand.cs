using System.CommandLine;
using ActorStack.Actors;
using ActorStack.Hosting.Control;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class DrainCommand
{
    public static Command Create()
    {
        var node = new Option<string>("--to")
        {
            Description = "The only node that is to take the connections. All others take them by default.",
            HelpName = "NODE",
        };
        var limit = new Option<double?>("--limit")
        {
            Description = "Seconds after which no further connection is moved, 30 by default.",
            HelpName = "SECONDS",
        };
        var refuse = new Option<bool>("--and-refuse")
        {
            Description = "Take no new connections from now on, until the next start.",
        };
        var command = new Command("drain", "Hand all connections that can move to the other nodes of the cluster.")
        {
            node, limit, refuse,
        };
        return OperateCommand.Finish(
            command, OperateCommand.Json.Drained,
            (client, parsed, cancellation) => DrainAsync(
                client, new DrainRequest(parsed.GetValue(node), parsed.GetValue(limit), parsed.GetValue(refuse)), cancellation),
            Print);
    }

    /// <summary>Drains, and tells a terminal how many connections are left.</summary>
    private static Task<StackProtocol.Drained> DrainAsync(
        ControlClient client, DrainRequest request, CancellationToken cancellation) => ProgressLine.Open().WatchAsync(
        client.DrainAsync(request, cancellation),
        async elapsed =>
        {
            var left = (await client.GetStatisticsAsync(cancellation)).Connections;
            return $"{left} connections are left after {elapsed.TotalSeconds:0} s";
        });

    public static void Print(StackProtocol.Drained drained)
    {
        AnsiConsole.WriteLine($"{drained.Moved} connections moved, {drained.Ended} ended meanwhile, {drained.Stayed} stayed");
        foreach (var (reason, count) in drained.Reasons.OrderByDescending(pair => pair.Value))
            AnsiConsole.WriteLine($"  {count}: {reason}");
    }
}
