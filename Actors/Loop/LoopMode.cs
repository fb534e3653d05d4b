namespace ActorStack.Actors.Loop;

/// <summary>The thread that runs the turns of an <see cref="EventLoop"/>.</summary>
internal enum LoopMode
{
    /// <summary>The loop has a thread of its own.</summary>
    Thread,

    /// <summary>The caller of <see cref="EventLoop.RunOnce"/> runs each turn, for tests.</summary>
    Manual,
}
