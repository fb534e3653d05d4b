using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>A shell at which a reader types the commands of a document, one after the other.</summary>
internal sealed class Prompt : IDisposable
{
    private const string End = "has ended with";

    /// <summary>Services run as jobs, and end with the shell.</summary>
    private const string Shell =
        "set -m; trap 'for job in $(jobs -p); do kill -KILL -- -$job; done' EXIT";

    /// <summary>What services write below /run and /var/lib vanishes with the shell.</summary>
    private const string PrivateShell = "mount -t tmpfs none /run && mount -t tmpfs none /var/lib && exec bash";

    private readonly Process _shell;
    private readonly List<string> _said = [];

    private Prompt(Process shell) => _shell = shell;

    /// <summary>Opens a shell.</summary>
    /// <param name="network">The network namespace of the shell.</param>
    /// <param name="directory">Its current directory.</param>
    /// <param name="environment">Variables in addition to this process's environment; null: without this one.</param>
    public static Prompt Open(
        NetworkNamespace network, string directory, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var description = new ProcessStartInfo("unshare", ["--mount", "bash", "-c", PrivateShell])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) description.Environment[name] = value;
        var prompt = new Prompt(network.Start(description));
        prompt._shell.StandardInput.WriteLine(Shell);
        return prompt;
    }

    /// <summary>Runs a command to its end and returns its output. Fails the test where the command fails.</summary>
    public async Task<string> RunAsync(string command)
    {
        var begin = _said.Count;
        await TypeAsync($"{{ {command}; }} </dev/null 2>&1; echo '{command} {End} '$?");
        await AwaitEndAsync(command, begin);
        return string.Join('\n', _said.Skip(begin).SkipLast(1));
    }

    /// <summary>Starts a service, and returns when a line of its output has this text.</summary>
    public async Task StartAsync(string command, string ready)
    {
        var begin = _said.Count;
        await TypeAsync($"{{ {command}; echo '{command} {End} '$?; }} </dev/null 2>&1 &");
        await ReadUntilAsync(begin, line => line.Contains(ready), command);
    }

    /// <summary>Waits until a service has ended, and fails the test where it did not end with 0.</summary>
    public Task AwaitEndAsync(string command) => AwaitEndAsync(command, begin: 0);

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private async Task AwaitEndAsync(string command, int begin)
    {
        var end = $"{command} {End} ";
        var line = await ReadUntilAsync(begin, said => said.StartsWith(end, StringComparison.Ordinal), command: null);
        Assert.True(line == $"{end}0", $"{line}: {string.Join('\n', _said.Skip(begin))}");
    }

    private Task TypeAsync(string line) => _shell.StandardInput.WriteLineAsync(line.AsMemory(), Patience.Token());

    /// <summary>Finds the line among those that were said since, or reads it.</summary>
    /// <param name="begin">The number of lines that were said before.</param>
    /// <param name="isWanted">Tells whether it is the line.</param>
    /// <param name="command">The command that ends the wait where it ends; null: none does.</param>
    private async Task<string> ReadUntilAsync(int begin, Func<string, bool> isWanted, string? command)
    {
        for (var next = begin; ; next++)
        {
            if (next == _said.Count) _said.Add(await ReadAsync());
            var line = _said[next];
            if (isWanted(line)) return line;
            Assert.False(
                command is not null && line.StartsWith($"{command} {End}", StringComparison.Ordinal),
                $"{line}: {string.Join('\n', _said.Skip(begin))}");
        }
    }

    private async Task<string> ReadAsync() =>
        await _shell.StandardOutput.ReadLineAsync(Patience.Token())
        ?? throw new InvalidOperationException($"the shell has ended: {string.Join('\n', _said)}");
}
