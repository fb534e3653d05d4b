using ActorStack.Transport.Tcp;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>The build of an emulated TOE, and when it wants to be rid of a connection. Null thresholds never trigger.</summary>
public sealed record EmulatedToeOptions
{
    /// <summary>The options as their properties state them.</summary>
    public static EmulatedToeOptions Default { get; } = new();

    /// <summary>The name that policy rules and operators use.</summary>
    public string Name { get; init; } = "toe";

    /// <summary>Connections at once.</summary>
    public int TableSize { get; init; } = 4096;

    /// <summary>Entries of the command ring and of the completion ring.</summary>
    public int RingSize { get; init; } = 1024;

    /// <summary>Frames that may wait for the device; further ones are dropped, as on a wire.</summary>
    public int FrameRingSize { get; init; } = 512;

    /// <summary>Bytes of one connection in the device's memory; a connection with more is refused.</summary>
    public int SendRingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes; a connection that may announce a larger window is refused.</summary>
    public long MaximumWindow { get; init; } = 64 * 1024 * 1024;

    /// <summary>What of the software stack's settings the device shares; MTU and segment size are the link's.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>Segments over which the rates below are taken.</summary>
    public int SampleSegments { get; init; } = 400;

    /// <summary>Part of the sent segments that were sent before, 0 to 1.</summary>
    public double? HighDropRate { get; init; } = 0.3;

    /// <summary>Part of the received segments that were not the next, 0 to 1.</summary>
    public double? HighOutOfOrderRate { get; init; } = 0.6;

    /// <summary>Mean payload of the segments both ways, bytes.</summary>
    public int? SmallIO { get; init; }

    /// <summary>Without a segment either way.</summary>
    public TimeSpan? LowActivity { get; init; }

    /// <summary>With a closed receive window, because the application reads nothing.</summary>
    public TimeSpan? NoBuffers { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Consecutive timeouts of the same data.</summary>
    public int? Timeouts { get; init; } = 6;

    /// <summary>Until the wish to be rid of a connection is repeated.</summary>
    public TimeSpan AskAgain { get; init; } = TimeSpan.FromSeconds(1);
}
