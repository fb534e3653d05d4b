using ActorStack.Actors.Loop;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Loop;

/// <summary>Notes what a loop does with its link.</summary>
internal sealed class ScriptedLoopLink(ScriptedLink link) : ILoopLink
{
    public List<int> Bursts { get; } = [];

    public Action? OnBurst { get; set; }

    public Action? OnTimer { get; set; }

    public int Drained { get; private set; }

    public int TimerTurns { get; private set; }

    public ILink Link => link;

    public TimeSpan UntilNextTimer => Timeout.InfiniteTimeSpan;

    void ILoopLink.OnBurst(ReadOnlySpan<LinkFrame> frames)
    {
        Bursts.Add(frames.Length);
        foreach (var frame in frames) frame.Buffer.Release();
        OnBurst?.Invoke();
    }

    public List<string> Losses { get; } = [];

    public void OnDrained() => Drained++;

    public void OnLost(Exception error) => Losses.Add(error.Message);

    public TimeSpan Now { get; set; }

    /// <summary>The time to which the timers were advanced.</summary>
    public TimeSpan TimersAt { get; private set; }

    public void OnTimers(TimeSpan now)
    {
        TimersAt = now;
        TimerTurns++;
        OnTimer?.Invoke();
    }
}
