using System.CommandLine;
using System.CommandLine.Invocation;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Bench;
using ActorStack.CommandLine.Demo;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Paths;
using ActorStack.CommandLine.Plot;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

var root = new RootCommand("TCP connections as actors that move between a managed stack, the kernel and a TOE.")
{
    ServeCommand.Create(),
    ConnectionsCommand.Create(),
    OffloadCommand.Create(),
    UploadCommand.Create(),
    HandOffCommand.Create(),
    DrainCommand.Create(),
    BalanceCommand.Create(),
    MigrationsCommand.Create(),
    TcpInfoCommand.Create(),
    TraceCommand.Create(),
    StatsCommand.Create(),
    NodesCommand.Create(),
    PlotCommand.Create(),
    DemoCommand.Create(),
    BenchCommand.Create(),
    TrafficCommand.Create(),
    PlainCommand.Create(),
    PathCommand.Create(),
};

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
