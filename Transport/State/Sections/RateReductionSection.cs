namespace ActorStack.Transport.State.Sections;

/// <summary>Proportional rate reduction (RFC 9937).</summary>
public sealed record RateReductionSection
{
    /// <summary>A reduction is under way.</summary>
    public bool IsActive { get; init; }

    /// <summary>Bytes in flight when the reduction began (RecoverFS).</summary>
    public long FlightBefore { get; init; }

    /// <summary>Bytes delivered since the reduction began (prr_delivered).</summary>
    public long Delivered { get; init; }

    /// <summary>Bytes sent since the reduction began (prr_out).</summary>
    public long Sent { get; init; }

    /// <summary>Bytes that may be sent now (SndCnt).</summary>
    public long Allowance { get; init; }
}
