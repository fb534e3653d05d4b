namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>Steps of <see cref="ForwardRto"/>. The record carries the number.</summary>
internal enum ForwardRtoPhase : byte
{
    None,

    /// <summary>The first segment was resent; its acknowledgment is awaited.</summary>
    Armed,

    /// <summary>New data tests whether the rest was lost; nothing is resent meanwhile.</summary>
    Testing,
}
