namespace ActorStack.Transport.State.Sections;

/// <summary>Timeouts of the data that is outstanding.</summary>
public sealed record RetransmissionSection
{
    /// <summary>Consecutive timeouts of the same data.</summary>
    public int RetransmitCount { get; init; }

    /// <summary>Time since the first timeout of the data now outstanding (TotalRT); -1: none.</summary>
    public long RetransmittingTicks { get; init; } = TcpConnectionState.NotRunning;
}
