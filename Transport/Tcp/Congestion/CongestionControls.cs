using ActorStack.Transport.State;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>Makes the algorithm of a connection.</summary>
internal static class CongestionControls
{
    public static ICongestionControl Create(int maximumSegment) => new NewReno(maximumSegment);

    /// <summary>
    /// Goes on with the record's algorithm; where it comes from a stack with another one, window and threshold go on in NewReno.
    /// </summary>
    public static ICongestionControl Restore(TcpConnectionState state, int maximumSegment, TimeSpan now) => new NewReno(
        maximumSegment, state.Cwnd, state.SsThresh,
        state.CongestionAlgorithm == NewReno.AlgorithmName ? state.CongestionPrivate : []);
}
