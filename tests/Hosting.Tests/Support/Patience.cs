namespace ActorStack.Hosting.Tests.Support;

/// <summary>How long a test waits for what must come: no figure to be measured, only an end for what hangs.</summary>
internal static class Patience
{
    public static CancellationToken Token() => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;
}
