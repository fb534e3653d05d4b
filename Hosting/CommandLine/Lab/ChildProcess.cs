using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Lab;

/// <summary>
/// This program as a child in a network namespace, spoken to by lines. It ends when its input does, so it never outlives its
/// parent.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "actorstack");

    private readonly Process _process;
    private readonly string _command;
    private readonly OutputTail _tail = new();

    private ChildProcess(Process process, string command)
    {
        (_process, _command) = (process, command);
        process.ErrorDataReceived += (_, line) => _tail.Add(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a child and reads the line by which it says that it is ready; without one it is ended.</summary>
    /// <param name="network">The network namespace that it runs in.</param>
    /// <param name="environment">Variables that it gets beside this process's own.</param>
    /// <param name="arguments">Its command line, without the program.</param>
    /// <param name="cancellation">Ends the wait and the child.</param>
    public static async Task<ChildProcess> StartAsync(
        NetworkNamespace network, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments,
        CancellationToken cancellation)
    {
        var child = Start(network, environment, arguments);
        try
        {
            await child.ReadLineAsync(cancellation);
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    public int Id => _process.Id;

    /// <summary>The last lines it printed, as far as they were read.</summary>
    public IReadOnlyList<string> Said => _tail.Lines;

    /// <summary>
    /// The next line of its output. Where there is none, because the child ended or the wait was cancelled, the error shows what
    /// the child said last.
    /// </summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        try
        {
            var line = await _process.StandardOutput.ReadLineAsync(cancellation) ?? throw await EndedEarlyAsync(cancellation);
            _tail.Add(line);
            return line;
        }
        catch (OperationCanceledException cancelled)
        {
            throw new OperationCanceledException(
                $"`{_command}` did not answer before the wait was cancelled. {_tail}", cancelled, cancellation);
        }
    }

    public async Task<string> AskAsync(string line, CancellationToken cancellation)
    {
        await TellAsync(line, cancellation);
        return await ReadLineAsync(cancellation);
    }

    public async Task TellAsync(string line, CancellationToken cancellation)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
            await _process.StandardInput.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            // It reads no more, so it has ended or is about to.
            throw await EndedEarlyAsync(cancellation);
        }
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
        if (!_process.HasExited) CloseInput();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20))) _process.Kill();
        _process.Dispose();
    }

    private static ChildProcess Start(
        NetworkNamespace network, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments)
    {
        var description = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) description.Environment[name] = value;
        return new ChildProcess(network.Start(description), string.Join(' ', arguments.Prepend(Path.GetFileName(Program))));
    }

    /// <summary>Waits for the end, which is also that of its standard error: what it complained of is then complete.</summary>
    private async Task<CommandException> EndedEarlyAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return new CommandException($"`{_command}` ended early with {_process.ExitCode}. {_tail}", "", ExitCodes.Failed);
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended meanwhile and left a line unread; its input is closed either way.
            return;
        }
    }
}
