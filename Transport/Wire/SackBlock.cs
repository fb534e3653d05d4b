namespace ActorStack.Transport.Wire;

/// <summary>One block of a SACK option: [Left, Right) has arrived (RFC 2018 section 3).</summary>
public readonly record struct SackBlock(SequenceNumber Left, SequenceNumber Right);
