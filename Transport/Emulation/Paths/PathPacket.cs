namespace ActorStack.Transport.Emulation.Paths;

/// <summary>One packet on its way.</summary>
/// <param name="Frame">The number of its frame.</param>
/// <param name="Index">Which of the frame's packets it is.</param>
/// <param name="At">When it arrives.</param>
/// <param name="IsMarked">It is given the codepoint CE.</param>
/// <param name="CorruptBit">The bit that is flipped, counted from the packet's first; -1: none.</param>
internal readonly record struct PathPacket(long Frame, int Index, TimeSpan At, bool IsMarked, int CorruptBit)
{
    /// <summary>Nothing tells it from its neighbours, so that they may go on in one frame.</summary>
    public bool JoinsTo(in PathPacket next) =>
        next.Frame == Frame && next.IsMarked == IsMarked && CorruptBit < 0 && next.CorruptBit < 0;
}
