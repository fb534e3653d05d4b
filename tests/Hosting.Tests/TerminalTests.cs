using System.Diagnostics;
using System.Text;
using ActorStack.CommandLine;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Spectre.Console;

namespace ActorStack.Hosting.Tests;

/// <summary>What people read, in a terminal of any width, in a pipe and in a file.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Long = "a cell of many words that has no room in a narrow terminal at all";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("NO_COLOR=1")]
    [InlineData("TERM=dumb")]
    [InlineData("COLUMNS=40")]
    [InlineData("GITHUB_ACTIONS=true")]
    public async Task What_is_piped_has_one_line_a_row_and_no_escape_sequences(string? environment)
    {
        var control = Path.Combine(_directory.FullName, "control.sock");
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port).AddControlSocket(control));
        var client = await host.ConnectAsync();
        var id = Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        await host.Stack.OffloadAsync(id, "toe", Patience.Token());
        await host.Stack.UploadAsync(id, Patience.Token());

        var connections = await RunAsync(environment, "connections", "--control", control);
        var row = Assert.Single(connections.Split('\n'), line => line.Contains(id));
        Assert.All((string[])["10.8.0.2:40000", "10.9.0.1:7", "Established", "software"], cell => Assert.Contains(cell, row));
        var migrations = await RunAsync(environment, "migrations", id, "--control", control);
        Assert.Equal(2, migrations.Split('\n').Count(line => line.Contains("operator") && line.Contains("Completed")));
        Assert.DoesNotContain('\u001b', connections + migrations);
        await client.Output.CompleteAsync();
    }

    [Fact]
    public async Task Help_that_is_piped_is_not_cut_into_lines()
    {
        var help = await RunAsync(environment: null, "serve", "--help");
        Assert.Contains(help.Split('\n'), line => line.Contains("--service") && line.Contains("relay needs to=ADDRESS:PORT."));
    }

    [Theory]
    [InlineData(120, true)]
    [InlineData(60, false)]
    [InlineData(20, false)]
    public void A_table_that_a_terminal_is_too_narrow_for_is_written_row_by_row(int width, bool isTable)
    {
        var written = Write(width, isRedirected: false, Table());
        Assert.Equal(isTable, written.Contains('╭'));
        Assert.Contains("1-1", written);
        Assert.All(written.Split('\n'), line => Assert.True(line.TrimEnd().Length <= width, line));
        var words = written.Split((char[])[' ', '\n', '│'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Long, string.Join(' ', words.Where(Long.Split(' ').Contains)));
        if (isTable) return;
        Assert.Contains(written.Split('\n'), line => line.StartsWith("id ", StringComparison.Ordinal) && line.Contains("1-1"));
    }

    [Fact]
    public void A_table_that_is_redirected_is_as_wide_as_it_is()
    {
        var written = Write(width: 80, isRedirected: true, Table());
        Assert.Contains(written.Split('\n'), line => line.Contains("1-1") && line.Contains(Long));
        Assert.DoesNotContain('\u001b', written);
    }

    private static Table Table() => new Table().Border(TableBorder.Rounded).AddColumns("id", "why").AddRow("1-1", Long);

    private static string Write(int width, bool isRedirected, Table table)
    {
        var text = new StringWriter();
        Terminal.Create(new FixedOutput(text, width), isRedirected).WriteTable(table);
        return text.ToString();
    }

    private static async Task<string> RunAsync(string? environment, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "actorstack");
        var description = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        if (environment?.Split('=') is [var name, var value]) description.Environment[name] = value;
        using var process = Process.Start(description)!;
        var output = await process.StandardOutput.ReadToEndAsync(Patience.Token());
        await process.WaitForExitAsync(Patience.Token());
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private sealed class FixedOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => 25;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
