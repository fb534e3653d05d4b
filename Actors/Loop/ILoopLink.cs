using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Loop;

/// <summary>
/// The part of a stack that an <see cref="EventLoop"/> serves besides mailboxes: one link, its flows and its timers. All
/// members are called on the loop's thread.
/// </summary>
internal interface ILoopLink
{
    ILink Link { get; }

    /// <summary>Handles a burst. The callee owns the frames' buffers from now on.</summary>
    void OnBurst(ReadOnlySpan<LinkFrame> frames);

    /// <summary>The link has no more frames at the moment.</summary>
    void OnDrained();

    /// <summary>The link cannot be read any more. The loop stops reading it; the timers continue.</summary>
    void OnLost(Exception error);

    /// <summary>The time of the timers.</summary>
    TimeSpan Now { get; }

    /// <summary>Fires the timers that were due at a time.</summary>
    void OnTimers(TimeSpan now);

    /// <summary>The time until a timer is due: zero where one is due now, infinite where none runs.</summary>
    TimeSpan UntilNextTimer { get; }
}
