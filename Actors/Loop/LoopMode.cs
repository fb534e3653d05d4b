namespace ActorStack.Actors.Loop;

/// <summary>Who turns an <see cref="EventLoop"/>.</summary>
internal enum LoopMode
{
    /// <summary>A thread of its own.</summary>
    Thread,

    /// <summary>The caller of <see cref="EventLoop.RunOnce"/>: nothing happens by itself.</summary>
    Manual,
}
