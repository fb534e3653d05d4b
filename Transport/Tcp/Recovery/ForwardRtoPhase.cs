namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>Steps of <see cref="ForwardRto"/>. The record carries the number.</summary>
internal enum ForwardRtoPhase : byte
{
    None,

    /// <summary>The first segment was retransmitted; its acknowledgment is awaited.</summary>
    Armed,

    /// <summary>New data tests whether the rest was lost; nothing is retransmitted meanwhile.</summary>
    Testing,
}
