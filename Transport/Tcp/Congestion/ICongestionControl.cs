namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// How much may be in flight, and how fast. Knows nothing of the connection: all it learns is in the samples. Sizes are bytes.
/// Loss detection and what is sent during recovery belong to the connection.
/// </summary>
public interface ICongestionControl
{
    string Name { get; }

    uint Window { get; }

    /// <summary><see cref="uint.MaxValue"/> until the first congestion.</summary>
    uint SlowStartThreshold { get; }

    /// <summary>Bytes a second; null: the connection paces by window and round trip.</summary>
    long? PacingRate => null;

    /// <summary>True: during a recovery PRR (RFC 9937) brings the flight down to the threshold. False: the window here is all that counts.</summary>
    bool UsesProportionalRateReduction => true;

    /// <summary>Data was delivered, in recovery too: what was acknowledged or newly SACKed.</summary>
    void OnAcknowledged(in AcknowledgmentSample sample);

    /// <summary>Congestion was inferred; called once an episode (a window of data), before what it does to the connection.</summary>
    void OnCongestion(CongestionSignal signal, in AcknowledgmentSample sample);

    /// <summary>The last loss or timeout was none: goes back to what was before it.</summary>
    void OnUndo();

    /// <summary>Something is about to be sent after all was acknowledged and the application had nothing more.</summary>
    void OnSendFromIdle(TimeSpan now)
    {
    }

    /// <summary>Nothing was sent for longer than an RTO (RFC 5681 section 4.1).</summary>
    void OnIdleRestart(TimeSpan now);

    /// <summary>Full segments have another payload from now on: the path carries more or less than was known.</summary>
    void OnSegmentSize(int maximumSegment);

    /// <summary>The algorithm's private numbers beyond window and threshold, for the record; times relative to <paramref name="now"/>.</summary>
    long[] Export(TimeSpan now);
}
