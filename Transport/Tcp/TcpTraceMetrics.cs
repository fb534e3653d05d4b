using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Where a connection stands, in bytes. Sequence numbers become offsets in the stream by their distance to <see
/// cref="SendBase"/>, which is at offset <see cref="Acknowledged"/>, and for the peer's by that to <see cref="ReceiveBase"/>.
/// </summary>
/// <param name="State">The TCP state.</param>
/// <param name="Recovery">Loss recovery as Linux names it: Open, Disorder, CWR, Recovery, Loss as 0 to 4.</param>
/// <param name="Window">The congestion window.</param>
/// <param name="SlowStartThreshold"><see cref="uint.MaxValue"/> while there is none.</param>
/// <param name="InFlight">Payload bytes sent that are neither acknowledged nor found lost.</param>
/// <param name="PeerWindow">The send window, as the peer announced it last.</param>
/// <param name="PacingRate">Bytes a second; 0: not paced.</param>
/// <param name="TotalLost">Bytes found lost since the connection began.</param>
/// <param name="SmoothedRoundTrip">SRTT (RFC 6298); zero before the first sample.</param>
/// <param name="RoundTripVariation">RTTVAR (RFC 6298).</param>
/// <param name="MinimumRoundTrip">The shortest round trip of the last minutes; zero before the first sample.</param>
/// <param name="Rto">The retransmission timeout, with its backoff.</param>
/// <param name="Acknowledged">Payload bytes that the peer has acknowledged.</param>
/// <param name="Received">Payload bytes received in order.</param>
/// <param name="SendBase">The sequence number of the first payload byte that is not acknowledged.</param>
/// <param name="ReceiveBase">RCV.NXT (RFC 9293 section 3.3.1).</param>
public readonly record struct TcpTraceMetrics(
    TcpState State,
    byte Recovery,
    long Window,
    uint SlowStartThreshold,
    long InFlight,
    long PeerWindow,
    long PacingRate,
    long TotalLost,
    TimeSpan SmoothedRoundTrip,
    TimeSpan RoundTripVariation,
    TimeSpan MinimumRoundTrip,
    TimeSpan Rto,
    long Acknowledged,
    long Received,
    SequenceNumber SendBase,
    SequenceNumber ReceiveBase);
