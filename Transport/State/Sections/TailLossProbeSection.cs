namespace ActorStack.Transport.State.Sections;

/// <summary>The tail loss probe (RFC 8985 section 7).</summary>
public sealed record TailLossProbeSection
{
    /// <summary>A probe is outstanding.</summary>
    public bool HasEnd { get; init; }

    /// <summary>The sequence number after the probe (TLP.end_seq).</summary>
    public uint End { get; init; }

    /// <summary>Bytes of the probe that had been sent before (TLP.is_retrans).</summary>
    public uint RepeatedBytes { get; init; }

    /// <summary>A tail loss probe is due at the next output.</summary>
    public bool IsPending { get; init; }
}
