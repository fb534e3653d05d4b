using System.CommandLine;

namespace ActorStack.CommandLine.Operate;

internal static class OffloadCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var engine = new Option<string>("--engine") { Description = "kernel or toe.", HelpName = "ENGINE", Required = true };
        var command = new Command("offload", "Move a live connection into an offload engine.") { id, engine };
        return OperateCommand.Finish(
            command, OperateCommand.Json.MigrationRecord,
            (client, parsed, cancellation) =>
                client.OffloadAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(engine), cancellation),
            record => MigrationsCommand.Print([record]));
    }
}
