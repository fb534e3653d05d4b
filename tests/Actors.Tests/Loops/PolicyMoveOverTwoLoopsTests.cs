using ActorStack.Actors.Tests.Migration;

namespace ActorStack.Actors.Tests.Loops;

/// <summary>The same over two loops, each packet by the queue of the wrong one.</summary>
public sealed class PolicyMoveOverTwoLoopsTests : PolicyMoveTests
{
    protected override int LoopCount => 2;
}
