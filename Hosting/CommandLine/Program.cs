using System.CommandLine;
using System.CommandLine.Invocation;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Bench;
using ActorStack.CommandLine.Demo;
using ActorStack.CommandLine.Gateway;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Paths;
using ActorStack.CommandLine.Plot;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

// A command is made where the first argument names it; all of them where it names none, for the help and the suggestions. To make
// all takes a tenth of a second, which the start of a service would have to wait.
Dictionary<string, Func<Command>> commands = new()
{
    ["serve"] = ServeCommand.Create,
    ["gateway"] = GatewayCommand.Create,
    ["connections"] = ConnectionsCommand.Create,
    ["offload"] = OffloadCommand.Create,
    ["upload"] = UploadCommand.Create,
    ["handoff"] = HandOffCommand.Create,
    ["drain"] = DrainCommand.Create,
    ["balance"] = BalanceCommand.Create,
    ["migrations"] = MigrationsCommand.Create,
    ["tcp-info"] = TcpInfoCommand.Create,
    ["trace"] = TraceCommand.Create,
    ["stats"] = StatsCommand.Create,
    ["nodes"] = NodesCommand.Create,
    ["plot"] = PlotCommand.Create,
    ["demo"] = DemoCommand.Create,
    ["bench"] = BenchCommand.Create,
    ["traffic"] = TrafficCommand.Create,
    ["plain"] = PlainCommand.Create,
    ["path"] = PathCommand.Create,
};
var root = new RootCommand("TCP connections as actors that move between a managed stack, the kernel and a TOE.");
if (args.Length > 0 && commands.TryGetValue(args[0], out var create))
    root.Add(create());
else
    foreach (var each in commands.Values) root.Add(each());

AnsiConsole.Console = Terminal.Open();

// The host handles signals itself and takes the time that it needs; exceptions are reported below.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction usage) usage.ShowHelp = false;
try
{
    return await parsed.InvokeAsync(invocation);
}
catch (Exception error) when (Failure.From(error) is { } failure)
{
    failure.Print(Console.Error);
    return failure.ExitCode;
}
