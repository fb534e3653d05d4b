using ActorStack.Tests.Common;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>Waits for what only the kernel knows, and no call reports.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        var limit = Patience.Token();
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(1), limit);
    }
}
