namespace ActorStack.Transport.Emulation.Paths;

/// <summary>One packet as it came to the path.</summary>
/// <param name="At">When it came to the path.</param>
/// <param name="Kind">What it carries.</param>
/// <param name="Number">Which of its kind it is, from 1.</param>
/// <param name="Sequence">Counted from the sender's SYN.</param>
/// <param name="Length">Payload bytes.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record TracedPacket(TimeSpan At, PathPacketKind Kind, int Number, uint Sequence, int Length, PathOutcome Outcome);
