namespace ActorStack.Transport.State.Sections;

/// <summary>Dynamic right-sizing (DRS) of the receive window.</summary>
public sealed record ReceiveTuningSection
{
    /// <summary>The round trip as the receiver sees it; 0 while unknown.</summary>
    public long RttTicks { get; init; }

    /// <summary>Bytes the application read in the fullest round trip so far.</summary>
    public long FullestRound { get; init; }

    /// <summary>Bytes that the application read in the round trip that is measured now.</summary>
    public long RoundBytes { get; init; }

    /// <summary>Time since that measurement began; -1: none is under way, and the importer begins one.</summary>
    public long RoundTicks { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>The timestamp whose echo was measured last.</summary>
    public uint RttEcho { get; init; }

    /// <summary>
    /// Without timestamps, a round trip is the time in which one window of payload arrives: the sequence number at which the
    /// window that is timed now ends.
    /// </summary>
    public uint RttWindowEnd { get; init; }

    /// <summary>Time since the timing of that window began.</summary>
    public long RttWindowTicks { get; init; }
}
