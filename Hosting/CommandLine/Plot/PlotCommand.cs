using System.CommandLine;

namespace ActorStack.CommandLine.Plot;

internal static class PlotCommand
{
    private static readonly Argument<string> Trace =
        new("trace") { Description = "The file that `actorstack trace` names.", HelpName = "TRACE" };

    private static readonly Option<string?> Output =
        new("-o", "--output") { Description = "Else TRACE with the ending .svg.", HelpName = "FILE.svg" };

    public static Command Create()
    {
        var command =
            new Command("plot", "Draw a trace as SVG: sequence, windows and round trip against time.") { Trace, Output };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(Trace), parsed.GetValue(Output)));
        return command;
    }

    private static int Run(string path, string? output)
    {
        output ??= Path.ChangeExtension(path, ".svg");
        try
        {
            var trace = TraceSeries.Read(File.ReadLines(path));
            if (trace.Window.Count == 0 && trace.Received.Count == 0)
                throw new CommandException(
                    $"{path} holds no events of a connection.", "Give a file that `actorstack trace` wrote.", ExitCodes.Failed);
            SvgFile.Write(output, TracePlot.Draw(trace));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                error.Message, "Name a trace that can be read.", ExitCodes.Failed);
        }

        Console.WriteLine(output);
        return 0;
    }
}
