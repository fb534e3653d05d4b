using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Lab;

/// <summary>
/// This program as a child process in a network namespace, controlled by lines of text. It ends when its input ends, so it
/// never outlives its parent.
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

    /// <summary>
    /// Starts a child and reads its first line, by which it reports that it is ready. A child without that line is ended.
    /// </summary>
    /// <param name="network">The network namespace that it runs in.</param>
    /// <param name="environment">Variables in addition to this process's environment.</param>
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

    /// <summary>The last lines that the child printed, as far as they were read.</summary>
    public IReadOnlyList<string> Said => _tail.Lines;

    /// <summary>
    /// Reads the next line of the child's output. Where the child has ended or the wait is cancelled, the exception contains
    /// the child's last lines.
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
            // The child reads no more, because it has ended or is ending.
            throw await EndedEarlyAsync(cancellation);
        }
    }

    /// <summary>Kills the child, as a crash would end it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>
    /// Stops the child at once where it is, until <see cref="Resume"/>: it does nothing more, but its kernel does.
    /// </summary>
    public void Suspend() => Signal("STOP");

    /// <summary>Lets a suspended child go on.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Closes the child's input, so that it stops in order. Returns its exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellation)
    {
        CloseInput();
        return WaitAsync(cancellation);
    }

    /// <summary>Waits for the child's end and returns its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Closes the child's input and waits for its end. A child that does not end is killed.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) CloseInput();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20))) _process.Kill();
        _process.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Starts a child, which may not be ready yet. The parameters are those of <see cref="StartAsync"/>.</summary>
    public static ChildProcess Start(
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

    /// <summary>Waits for the end of the child and of its standard error, so that its error messages are complete.</summary>
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
            // The child ended with a line unread; its input is closed either way.
            return;
        }
    }
}
