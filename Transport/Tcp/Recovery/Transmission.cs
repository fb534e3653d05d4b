using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>When something was sent, as RACK compares it (RFC 8985 section 6.2 step 2).</summary>
/// <param name="SentAt">When it was sent last.</param>
/// <param name="Order">Number of the transmission; many leave at one time.</param>
/// <param name="End">The number after its last.</param>
internal readonly record struct Transmission(TimeSpan SentAt, long Order, SequenceNumber End)
{
    public Transmission(in TransmittedRun run)
        : this(run.SentAt, run.Order, run.End)
    {
    }

    /// <summary>Sent later; within one transmission the higher number is.</summary>
    public bool IsAfter(in Transmission other) => Order > other.Order || (Order == other.Order && End > other.End);
}
