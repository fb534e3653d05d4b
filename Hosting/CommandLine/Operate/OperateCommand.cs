using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorStack.Hosting.Control;

namespace ActorStack.CommandLine.Operate;

/// <summary>The common part of the commands that talk to a running service.</summary>
internal static class OperateCommand
{
    /// <summary>Adds <c>--control</c> and <c>--json</c>; prints the answer as JSON or with <paramref name="print"/>.</summary>
    public static Command Finish<T>(
        Command command, JsonTypeInfo<T> type, Func<ControlClient, ParseResult, CancellationToken, Task<T>> ask, Action<T> print)
    {
        var control = ControlPath.Option();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        command.Add(control);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = new ControlClient(parsed.GetRequiredValue(control));
            var answer = await ask(client, parsed, cancellation);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(answer, type));
            else print(answer);
        });
        return command;
    }

    public static Argument<string> IdArgument() =>
        new("id") { Description = "The connection's id, as `actorstack connections` lists it; the node may be left out." };

    public static ControlJson Json => ControlJson.Plain;
}
