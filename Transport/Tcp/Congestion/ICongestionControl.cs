namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// A congestion control decides how much may be in flight, and how fast it is sent. It knows only the samples, not the
/// connection. Sizes are bytes. Loss detection, and the choice of segments during recovery, belong to the connection.
/// </summary>
public interface ICongestionControl
{
    /// <summary>The name of the algorithm (TCP_CONGESTION).</summary>
    string Name { get; }

    /// <summary>The congestion window, bytes.</summary>
    uint Window { get; }

    /// <summary>The slow start threshold, bytes; <see cref="uint.MaxValue"/> until the first congestion.</summary>
    uint SlowStartThreshold { get; }

    /// <summary>Bytes a second; null: the connection paces by window and round trip.</summary>
    long? PacingRate => null;

    /// <summary>
    /// True: during a recovery PRR (RFC 9937) brings the flight down to the threshold. False: the window alone counts.
    /// </summary>
    bool UsesProportionalRateReduction => true;

    /// <summary>Data was delivered: acknowledged or newly SACKed, also during a recovery.</summary>
    void OnAcknowledged(in AcknowledgmentSample sample);

    /// <summary>
    /// Congestion was inferred. The connection calls this once an episode (a window of data), before it reacts itself.
    /// </summary>
    void OnCongestion(CongestionSignal signal, in AcknowledgmentSample sample);

    /// <summary>The last loss or timeout was spurious: restores the state before it.</summary>
    void OnUndo();

    /// <summary>
    /// Payload is about to be sent after everything was acknowledged and the application had written nothing more.
    /// </summary>
    void OnSendFromIdle(TimeSpan now)
    {
    }

    /// <summary>Nothing was sent for longer than an RTO (RFC 5681 section 4.1).</summary>
    void OnIdleRestart(TimeSpan now);

    /// <summary>Full segments have another payload from now on: the path carries more or less than was known.</summary>
    void OnSegmentSize(int maximumSegment);

    /// <summary>
    /// The algorithm's private numbers beyond window and threshold, for the record; times relative to <paramref name="now"/>.
    /// </summary>
    long[] Export(TimeSpan now);
}
