namespace ActorStack.Transport.State.Sections;

/// <summary>The delivery rate estimator (draft-ietf-ccwg-bbr section 4.1). Moments are readings of the timestamp clock.</summary>
public sealed record DeliveryRateSection
{
    /// <summary>Bytes known to have been delivered.</summary>
    public long Delivered { get; init; }

    /// <summary>When that counter was last raised.</summary>
    public long DeliveredTicks { get; init; }

    /// <summary>When the first segment of the current flight was sent.</summary>
    public long FirstSentTicks { get; init; }

    /// <summary>Value of the delivered counter up to which samples are application-limited; 0: they are not.</summary>
    public long ApplicationLimitedUntil { get; init; }
}
