namespace ActorStack.Transport.Host;

[Flags]
internal enum TimeWaitFlags : byte
{
    None = 0,
    IPv6 = 1,
    Timestamps = 2,

    /// <summary>A segment was answered at <see cref="TimeWaitRecord.AnsweredAt"/>.</summary>
    Answered = 4,
}
