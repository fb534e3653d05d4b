using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Loop;

/// <summary>What an <see cref="EventLoop"/> serves besides mailboxes: one link, its flows and its timers. Called on the loop's thread.</summary>
internal interface ILoopLink
{
    ILink Link { get; }

    /// <summary>Takes a burst; the frames' buffers are the callee's from now on.</summary>
    void OnBurst(ReadOnlySpan<LinkFrame> frames);

    /// <summary>The link had no more to give just now.</summary>
    void OnDrained();

    /// <summary>The link cannot be read any more; nothing is asked of it from now on, while the timers go on.</summary>
    void OnLost(Exception error);

    /// <summary>Fires the timers that are due.</summary>
    void OnTimers();

    /// <summary>Time until a timer is due: zero where one is, infinite where none runs.</summary>
    TimeSpan UntilNextTimer { get; }
}
