namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// Moments as the record carries them where they are many: as readings of the connection's timestamp clock, which stay right
/// however long a move takes.
/// </summary>
/// <param name="Offset">The timestamp clock is this far ahead of the host's.</param>
internal readonly record struct RecordClock(TimeSpan Offset)
{
    /// <summary>The reading at a moment of the host's clock.</summary>
    public long Ticks(TimeSpan moment) => (moment + Offset).Ticks;

    /// <summary>The moment of the host's clock at a reading.</summary>
    public TimeSpan Moment(long ticks) => TimeSpan.FromTicks(ticks) - Offset;
}
