using ActorStack.Actors.Tests.Connections;

namespace ActorStack.Actors.Tests.Loops;

/// <summary>The same over two loops, each packet by the queue of the wrong one.</summary>
public sealed class ListeningOverTwoLoopsTests : ListeningTests
{
    protected override int LoopCount => 2;
}
