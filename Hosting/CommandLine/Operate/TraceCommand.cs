using System.CommandLine;
using Spectre.Console;

namespace ActorStack.CommandLine.Operate;

internal static class TraceCommand
{
    public static Command Create()
    {
        var id = OperateCommand.IdArgument();
        var off = new Option<bool>("--off") { Description = "End the trace." };
        var command = new Command("trace", "Write a connection's events to a file that `actorstack plot` draws.") { id, off };
        return OperateCommand.Finish(
            command, OperateCommand.Json.TraceAnswer,
            (client, parsed, cancellation) => client.TraceAsync(parsed.GetRequiredValue(id), !parsed.GetValue(off), cancellation),
            answer => AnsiConsole.WriteLine(answer.Path.Length > 0 ? answer.Path : "There was no trace."));
    }
}
