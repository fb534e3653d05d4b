using System.Diagnostics;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Signals to processes the test started.</summary>
internal static class Signal
{
    public static void Terminate(int process)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
