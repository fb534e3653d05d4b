using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Signals to processes the test started.</summary>
internal static class Signal
{
    public static void Terminate(int process) => Tool.Run("kill", ["-TERM", $"{process}"]);
}
