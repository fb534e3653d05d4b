namespace ActorStack.Transport.State.Sections;

/// <summary>Dynamic right-sizing (DRS) of the receive window.</summary>
public sealed record ReceiveTuningSection
{
    /// <summary>The round trip as the receiver sees it; 0 while unknown.</summary>
    public long RttTicks { get; init; }

    /// <summary>Bytes the application read in the fullest round trip so far.</summary>
    public long FullestRound { get; init; }

    /// <summary>Bytes it read in the round trip now measured.</summary>
    public long RoundBytes { get; init; }

    /// <summary>Age of that measurement; -1: none is under way, the importer begins one.</summary>
    public long RoundTicks { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>The timestamp whose echo was measured last.</summary>
    public uint RttEcho { get; init; }

    /// <summary>Without timestamps: where the window's worth ends that is being timed, and for how long.</summary>
    public uint RttWindowEnd { get; init; }

    /// <summary>Time for which that window's worth has been timed.</summary>
    public long RttWindowTicks { get; init; }
}
