using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>A connection without a stack: what an attacker needs to know of it.</summary>
internal sealed class RawConnection(FlowKey flow, SequenceNumber iss)
{
    public FlowKey Flow => flow;

    public bool IsOpen { get; set; }

    /// <summary>The next number to send in order.</summary>
    public SequenceNumber Next { get; set; } = iss;

    /// <summary>The next number expected of the service.</summary>
    public SequenceNumber Expected { get; set; }
}
