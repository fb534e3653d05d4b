using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorStack.CommandLine;

/// <summary>The standard output of the commands.</summary>
internal static class Terminal
{
    /// <summary>
    /// The width of an output that is no terminal: unlimited, because a program that reads the output needs whole lines.
    /// </summary>
    private const int Unlimited = 1_000_000;

    /// <summary>The console of this process. A terminal has a width and colors; a pipe or a file has neither.</summary>
    public static IAnsiConsole Open() => Create(new AnsiConsoleOutput(Console.Out), Console.IsOutputRedirected);

    public static IAnsiConsole Create(IAnsiConsoleOutput output, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = output,
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,

            // Spectre.Console's enrichers take the pipe of a build server for a terminal.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = !isRedirected },
        });
        if (isRedirected) console.Profile.Width = Unlimited;
        return console;
    }

    /// <summary>Writes a table; where the terminal is too narrow, writes each row as lines of <c>name  value</c>.</summary>
    public static void WriteTable(this IAnsiConsole console, Table table)
    {
        var isWhole = Measure(table, RenderOptions.Create(console), Unlimited).Max <= console.Profile.Width;
        if (isWhole || !table.ShowHeaders)
        {
            console.Write(table);
            return;
        }

        foreach (var row in table.Rows) console.Write(Describe(table, row));
    }

    private static Measurement Measure(IRenderable table, RenderOptions options, int width) => table.Measure(options, width);

    private static Rows Describe(Table table, TableRow row)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        for (var i = 0; i < table.Columns.Count; i++) grid.AddRow(table.Columns[i].Header, row[i]);
        return new Rows(grid, Text.Empty);
    }
}
