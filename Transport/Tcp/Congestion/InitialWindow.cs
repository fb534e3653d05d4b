namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>RFC 6928 section 2: ten segments.</summary>
internal static class InitialWindow
{
    private const uint Segments = 10;
    private const uint Bytes = 14_600;

    public static uint For(uint segment) => Math.Min(Segments * segment, Math.Max(2 * segment, Bytes));
}
