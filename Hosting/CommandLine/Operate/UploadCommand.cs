using System.CommandLine;

namespace ActorStack.CommandLine.Operate;

internal static class UploadCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var command = new Command("upload", "Take a live connection back from its offload engine.") { id };
        return OperateCommand.Finish(
            command, OperateCommand.Json.MigrationRecord,
            (client, parsed, cancellation) => client.UploadAsync(parsed.GetRequiredValue(id), cancellation),
            record => MigrationsCommand.Print([record]));
    }
}
