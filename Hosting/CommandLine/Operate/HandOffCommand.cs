using System.CommandLine;

namespace ActorStack.CommandLine.Operate;

internal static class HandOffCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var node = new Option<string>("--to")
        {
            Description = "The node, as `actorstack nodes` lists it.",
            HelpName = "NODE",
            Required = true,
        };
        var command = new Command("handoff", "Hand a live connection to another node of the cluster.") { id, node };
        return OperateCommand.Finish(
            command, OperateCommand.Json.MigrationRecord,
            (client, parsed, cancellation) =>
                client.HandOffAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(node), cancellation),
            record => MigrationsCommand.Print([record]));
    }
}
