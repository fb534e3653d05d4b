using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// Proportional rate reduction (RFC 9937 section 6): over one round trip of a recovery the flight comes down to the slow-start
/// threshold, clocked by what is delivered; below it, it is rebuilt no faster than data leaves (conservative reduction bound), or
/// by one segment more an acknowledgment that makes progress without new loss (slow-start reduction bound).
/// </summary>
internal struct ProportionalRateReduction
{
    public bool IsActive { get; private set; }

    /// <summary>Bytes in flight when it began (RecoverFS).</summary>
    public long FlightBefore { get; private set; }

    public long Delivered { get; private set; }

    public long Sent { get; private set; }

    /// <summary>Bytes that may be sent until the next acknowledgment (sndcnt).</summary>
    public long Allowance { get; private set; }

    public void Begin(long flight) =>
        this = new ProportionalRateReduction { IsActive = true, FlightBefore = Math.Max(1, flight) };

    public void End() => this = default;

    /// <summary>Finds the <see cref="Allowance"/> after an acknowledgment.</summary>
    /// <param name="delivered">Bytes newly delivered.</param>
    /// <param name="inFlight">Bytes in flight after that.</param>
    /// <param name="threshold">The slow start threshold, bytes.</param>
    /// <param name="segment">Payload of a full segment, bytes.</param>
    /// <param name="isSafe">SND.UNA moved and nothing more was found lost (SafeACK).</param>
    public void OnDelivered(long delivered, long inFlight, long threshold, int segment, bool isSafe)
    {
        if (!IsActive) return;
        Delivered += delivered;
        if (inFlight > threshold)
        {
            Allowance = (long)Math.Ceiling((double)Delivered * threshold / FlightBefore) - Sent;
        }
        else
        {
            Allowance = Math.Max(Delivered - Sent, delivered) + (isSafe ? segment : 0);
            Allowance = Math.Min(threshold - inFlight, Allowance);
        }

        if (Sent == 0) Allowance = Math.Max(Allowance, segment); // the fast retransmit itself
        Allowance = Math.Max(0, Allowance);
    }

    /// <summary>
    /// Between acknowledgments a timer found more lost: it left the network, and as much may be sent, as Linux's window allows.
    /// </summary>
    public void OnLost(long bytes, long inFlight, long threshold)
    {
        if (IsActive) Allowance = Math.Max(Allowance, Math.Min(Allowance + bytes, threshold - inFlight));
    }

    public void OnSent(long bytes)
    {
        if (!IsActive) return;
        Sent += bytes;
        Allowance = Math.Max(0, Allowance - bytes);
    }

    /// <summary>The section of the record.</summary>
    public readonly RateReductionSection Export() => new()
    {
        IsActive = IsActive,
        FlightBefore = FlightBefore,
        Delivered = Delivered,
        Sent = Sent,
        Allowance = Allowance,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(RateReductionSection section)
    {
        if (!section.IsActive) return;
        IsActive = true;
        FlightBefore = Math.Max(1, section.FlightBefore);
        Delivered = section.Delivered;
        Sent = section.Sent;
        Allowance = section.Allowance;
    }
}
