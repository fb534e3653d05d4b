using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// Delivery rate estimation (draft-ietf-ccwg-bbr section 4.1): each transmission notes the counters, and its delivery
/// shows how much was delivered meanwhile.
/// </summary>
internal struct DeliveryRate
{
    /// <summary>All bytes delivered (C.delivered).</summary>
    public long Delivered { get; private set; }

    public TimeSpan DeliveredAt { get; private set; }

    /// <summary>When the flight being measured began (C.first_send_time).</summary>
    public TimeSpan FirstSentAt { get; private set; }

    /// <summary>
    /// Until this many bytes are delivered, samples show the rate of the application; 0: they show that of the path
    /// (C.app_limited).
    /// </summary>
    public long ApplicationLimitedUntil { get; private set; }

    /// <summary>Section 4.1.2.2.</summary>
    /// <param name="flight">Bytes in flight before.</param>
    /// <param name="bytes">Payload bytes that are sent now.</param>
    /// <param name="totalLost">Bytes found lost since the connection began.</param>
    /// <param name="now">The connection's time.</param>
    public SendSnapshot OnSent(long flight, int bytes, long totalLost, TimeSpan now)
    {
        if (flight == 0) FirstSentAt = DeliveredAt = now;
        return new SendSnapshot(
            FirstSentAt, DeliveredAt, Delivered, totalLost, (uint)(flight + bytes), ApplicationLimitedUntil > 0);
    }

    /// <summary>
    /// Section 4.1.2.4: everything is sent and the window has room. The path does not show either where the peer's window is full
    /// and no queue stands.
    /// </summary>
    public void OnApplicationLimited(long flight) => ApplicationLimitedUntil = Math.Max(1, Delivered + flight);

    /// <summary>Section 4.1.2.3: the rate part of the sample.</summary>
    public AcknowledgmentSample OnDelivered(in Delivery delivery, TimeSpan minimumRoundTrip)
    {
        Delivered += delivery.Bytes;
        if (delivery.Bytes > 0) DeliveredAt = delivery.Now;
        if (ApplicationLimitedUntil > 0 && Delivered > ApplicationLimitedUntil) ApplicationLimitedUntil = 0;
        var sample = new AcknowledgmentSample { Now = delivery.Now, TotalDelivered = Delivered, PriorDelivered = Delivered };
        if (delivery.Newest is not { } newest) return sample;

        FirstSentAt = newest.SentAt;
        var sending = newest.SentAt - newest.Snapshot.FirstSentAt;
        var arriving = DeliveredAt - newest.Snapshot.DeliveredAt;
        var interval = sending > arriving ? sending : arriving;
        return sample with
        {
            PriorDelivered = newest.Snapshot.Delivered,
            PriorLost = newest.Snapshot.Lost,
            FlightAtSend = newest.Snapshot.Flight,
            IsApplicationLimited = newest.Snapshot.IsApplicationLimited,
            Interval = interval >= minimumRoundTrip ? interval : TimeSpan.Zero,
        };
    }

    /// <summary>The section of the record.</summary>
    public readonly DeliveryRateSection Export(RecordClock clock) => new()
    {
        Delivered = Delivered,
        DeliveredTicks = clock.Ticks(DeliveredAt),
        FirstSentTicks = clock.Ticks(FirstSentAt),
        ApplicationLimitedUntil = ApplicationLimitedUntil,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(DeliveryRateSection section, RecordClock clock)
    {
        Delivered = section.Delivered;
        DeliveredAt = clock.Moment(section.DeliveredTicks);
        FirstSentAt = clock.Moment(section.FirstSentTicks);
        ApplicationLimitedUntil = section.ApplicationLimitedUntil;
    }
}
