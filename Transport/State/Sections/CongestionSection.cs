namespace ActorStack.Transport.State.Sections;

/// <summary>Congestion control: the algorithm with its window, and how much of the window is used (RFC 7661).</summary>
public sealed record CongestionSection
{
    /// <summary>Name of the algorithm (TCP_CONGESTION); <see cref="PrivateState"/> is its own.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>Congestion window, bytes.</summary>
    public uint Cwnd { get; init; }

    /// <summary>Slow start threshold, bytes; <see cref="uint.MaxValue"/> while unknown.</summary>
    public uint SsThresh { get; init; }

    /// <summary>The algorithm's own numbers, in its own order.</summary>
    public long[] PrivateState { get; init; } = [];

    /// <summary>The congestion window limited the sender in the last round (RFC 7661).</summary>
    public bool CwndLimited { get; init; }

    /// <summary>SND.MAX when the use of the window was last noted: a round lasts until it is acknowledged.</summary>
    public uint CwndLimitedThrough { get; init; }

    /// <summary>The most bytes that were outstanding in that round.</summary>
    public uint MostOutstanding { get; init; }
}
