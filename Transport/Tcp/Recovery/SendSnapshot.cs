namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The delivery counters at the time a run was sent (draft-ietf-ccwg-bbr section 4.1.2.2). A rate sample begins with them and
/// ends with the delivery of the run.
/// </summary>
/// <param name="FirstSentAt">Start of the flight it belongs to (P.first_send_time).</param>
/// <param name="DeliveredAt">When <paramref name="Delivered"/> was reached (P.delivered_time).</param>
/// <param name="Delivered">Bytes delivered by then.</param>
/// <param name="Lost">Bytes marked lost by then.</param>
/// <param name="Flight">Bytes in flight with it (P.tx_in_flight).</param>
/// <param name="IsApplicationLimited">The application left the pipe unfilled.</param>
internal readonly record struct SendSnapshot(
    TimeSpan FirstSentAt, TimeSpan DeliveredAt, long Delivered, long Lost, uint Flight, bool IsApplicationLimited);
