using ActorStack.Actors.Loop;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Loop;

/// <summary>Notes the frames that it is given, and has no link.</summary>
internal sealed class RecordingLoopLink : ILoopLink
{
    public List<int> Bursts { get; } = [];

    public List<int> Lengths { get; } = [];

    public ILink Link => throw new NotSupportedException();

    public TimeSpan UntilNextTimer => Timeout.InfiniteTimeSpan;

    public void OnBurst(ReadOnlySpan<LinkFrame> frames)
    {
        Bursts.Add(frames.Length);
        foreach (var frame in frames)
        {
            Lengths.Add(frame.Length);
            frame.Buffer.Release();
        }
    }

    public void OnDrained()
    {
    }

    public void OnLost(Exception error) => throw error;

    public TimeSpan Now => TimeSpan.Zero;

    public void OnTimers(TimeSpan now)
    {
    }
}
