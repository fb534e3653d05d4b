using ActorStack.Transport.Tcp;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The build of an emulated TOE, and the thresholds at which it asks to be rid of a connection. A threshold that is null never
/// triggers.
/// </summary>
public sealed record EmulatedToeOptions
{
    /// <summary>The options as their properties state them.</summary>
    public static EmulatedToeOptions Default { get; } = new();

    /// <summary>The name that policy rules and operators use.</summary>
    public string Name { get; init; } = "toe";

    /// <summary>Connections that the device can hold at once.</summary>
    public int TableSize { get; init; } = 4096;

    /// <summary>Entries of the command ring and of the completion ring.</summary>
    public int RingSize { get; init; } = 1024;

    /// <summary>Frames that may wait for the device; a frame beyond is dropped, as on a wire.</summary>
    public int FrameRingSize { get; init; } = 512;

    /// <summary>Bytes of one connection that the device can hold; a connection with more is refused.</summary>
    public int SendRingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The largest window that the device announces, bytes; a connection that may announce a larger one is refused.
    /// </summary>
    public long MaximumWindow { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The settings that the device shares with the software stack; MTU and segment size are those of the link.
    /// </summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>Segments over which the rates below are taken.</summary>
    public int SampleSegments { get; init; } = 400;

    /// <summary>The share of retransmissions in the sent segments, 0 to 1.</summary>
    public double? HighDropRate { get; init; } = 0.3;

    /// <summary>The share of segments out of order in the received segments, 0 to 1.</summary>
    public double? HighOutOfOrderRate { get; init; } = 0.6;

    /// <summary>The mean payload of the segments in both directions, bytes.</summary>
    public int? SmallIO { get; init; }

    /// <summary>Time without a segment with payload in either direction.</summary>
    public TimeSpan? LowActivity { get; init; }

    /// <summary>Time with a closed receive window, because the application reads nothing.</summary>
    public TimeSpan? NoBuffers { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Consecutive timeouts of the same data.</summary>
    public int? Timeouts { get; init; } = 6;

    /// <summary>Time until the device repeats its wish to be rid of a connection.</summary>
    public TimeSpan AskAgain { get; init; } = TimeSpan.FromSeconds(1);
}
