namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// How much may be in flight. Knows nothing of the connection; all sizes are bytes. Loss detection and what is sent during
/// recovery belong to the connection.
/// </summary>
public interface ICongestionControl
{
    string Name { get; }

    uint Window { get; }

    /// <summary><see cref="uint.MaxValue"/> until the first congestion.</summary>
    uint SlowStartThreshold { get; }

    /// <summary>New data was acknowledged outside recovery while the window was what limited the sender.</summary>
    void OnAcknowledged(uint bytes, TimeSpan now);

    /// <summary>Loss was inferred from acknowledgments: recovery begins.</summary>
    void OnCongestion(uint inFlight, TimeSpan now);

    /// <summary>The retransmission timer expired; <paramref name="first"/>: for the first time for this data.</summary>
    void OnTimeout(uint inFlight, bool first, TimeSpan now);

    /// <summary>Nothing was sent for longer than an RTO (RFC 5681 section 4.1).</summary>
    void OnIdleRestart();

    /// <summary>The algorithm's private numbers beyond window and threshold, for the record.</summary>
    long[] Export();
}
