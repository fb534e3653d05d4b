using System.Runtime.CompilerServices;

namespace ActorStack.Transport.Wire;

/// <summary>Room for the four SACK blocks that fit into a header without other options.</summary>
[InlineArray(Capacity)]
public struct SackBlocks
{
    /// <summary>The most blocks in a segment.</summary>
    public const int Capacity = 4;

    private SackBlock _first;
}
