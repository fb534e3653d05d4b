using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Where a connection stands, in bytes. Sequence numbers become offsets in the stream by their distance to <see
/// cref="SendBase"/>, which is at offset <see cref="Acknowledged"/>, and for the peer's by that to <see cref="ReceiveBase"/>.
/// </summary>
/// <param name="Recovery">Loss recovery as Linux names it: Open, Disorder, CWR, Recovery, Loss as 0 to 4.</param>
/// <param name="SlowStartThreshold"><see cref="uint.MaxValue"/> while there is none.</param>
/// <param name="PacingRate">Bytes a second; 0: not paced.</param>
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
