using System.Diagnostics;

namespace ActorStack.Tests.Common;

/// <summary>A process of its own that takes a lock and holds it until it is killed or disposed of.</summary>
public sealed class LockHolder : IDisposable
{
    private const string Held = "held";

    private readonly Process _process;

    /// <param name="script">Commands of the shell that take the lock; the shell holds it.</param>
    public LockHolder(string script)
    {
        _process = Process.Start(new ProcessStartInfo("sh", ["-ec", $"{script}; echo {Held}; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (_process.StandardOutput.ReadLine() == Held) return;
        throw new InvalidOperationException($"`{script}` did not get its lock: {_process.StandardError.ReadToEnd()}");
    }

    public int Id => _process.Id;

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.Dispose();
    }
}
