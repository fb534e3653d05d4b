using ActorStack.Transport.Wire;

namespace ActorStack.TestKit;

/// <summary>A segment that a scripted peer got from a node.</summary>
/// <param name="Flags">The control bits.</param>
/// <param name="Sequence">SEG.SEQ.</param>
/// <param name="Acknowledgment">SEG.ACK; 0 without ACK among the flags.</param>
/// <param name="Window">SEG.WND, not scaled.</param>
/// <param name="Payload">The payload.</param>
public sealed record ScriptedSegment(
    TcpFlags Flags, uint Sequence, uint Acknowledgment, int Window, ReadOnlyMemory<byte> Payload)
{
    /// <summary>For people: flags, numbers and length.</summary>
    public override string ToString() =>
        $"[{Flags}] seq {Sequence} ack {Acknowledgment} win {Window}, {Payload.Length} bytes";
}
