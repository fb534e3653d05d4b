using System.CommandLine;
using ActorStack.Hosting.Control;

namespace ActorStack.CommandLine.Operate;

internal static class BalanceCommand
{
    public static Command Create()
    {
        var node = new Option<string>("--to")
        {
            Description =
                "The only node that is to take connections, until it has as many. All that have fewer take some by default.",
            HelpName = "NODE",
        };
        var command = new Command(
            "balance", "Hand connections to nodes that have fewer, so that this node has the mean of the cluster.") { node };
        return OperateCommand.Finish(
            command, OperateCommand.Json.Drained,
            (client, parsed, cancellation) => client.BalanceAsync(new BalanceRequest(parsed.GetValue(node)), cancellation),
            DrainCommand.Print);
    }
}
