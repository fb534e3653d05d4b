using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Lab;

/// <summary>This program as a child in a network namespace, spoken to by lines. It ends when its input does, so it never outlives its parent.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LinesKept = 20;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "actorstack");

    private readonly Process _process;
    private readonly Queue<string> _complaints = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public static ChildProcess Start(NetworkNamespace network, params IEnumerable<string> arguments) =>
        Start(network, new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables that it gets beside this process's own.</param>
    public static ChildProcess Start(
        NetworkNamespace network, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var description = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) description.Environment[name] = value;
        return new ChildProcess(network.Start(description));
    }

    public int Id => _process.Id;

    /// <summary>The last lines it complained with.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints) return [.. _complaints];
        }
    }

    /// <summary>The next line of its output; where there is none, throws with what it complained of.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellation) is { } line) return line;
        await _process.WaitForExitAsync(cancellation);
        throw new CommandException(
            $"A child process ended early with {_process.ExitCode}.",
            string.Join(Environment.NewLine, Complaints.DefaultIfEmpty("It said nothing.")), ExitCodes.Failed);
    }

    public async Task<string> AskAsync(string line, CancellationToken cancellation)
    {
        await TellAsync(line, cancellation);
        return await ReadLineAsync(cancellation);
    }

    public async Task TellAsync(string line, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
    }

    /// <summary>Ends it as a crash does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Closes its input and waits for its end; what does not end is killed.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20))) _process.Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_complaints)
        {
            _complaints.Enqueue(line);
            if (_complaints.Count > LinesKept) _complaints.Dequeue();
        }
    }
}
