namespace ActorStack.Tests.Common;

/// <summary>
/// How long a test waits for what must come: no figure to be measured, only an end for what hangs. However slow and busy the
/// machine is, whatever does come is never later.
/// </summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static CancellationToken Token() => new CancellationTokenSource(Limit).Token;
}
