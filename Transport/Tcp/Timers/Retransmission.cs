using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>Timeouts of the data that is outstanding (RFC 6298 section 5, RFC 9293 section 3.8.3).</summary>
internal struct Retransmission
{
    /// <summary>Consecutive timeouts of the same data.</summary>
    public int Count { get; private set; }

    /// <summary>When the first of them was; null: none was.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>The retransmission timer expired.</summary>
    public void OnTimeout(TimeSpan now) => Since ??= now;

    /// <summary>The timeout counts towards the limit.</summary>
    public void Increment() => Count++;

    /// <summary>Something new was acknowledged.</summary>
    public void OnProgress() => (Count, Since) = (0, null);

    /// <summary>
    /// The peer acknowledges with its window closed: it is alive and is not given up (RFC 9293 section 3.8.6.1). One timeout
    /// stays counted, so that the threshold is not lowered again for the same data (RFC 5681 section 3.1).
    /// </summary>
    public void OnClosedWindow() => Count = Math.Min(Count, 1);

    /// <summary>The section of the record.</summary>
    public readonly RetransmissionSection Export(TimeSpan now) => new()
    {
        RetransmitCount = Count,
        RetransmittingTicks = Age.Of(Since, now),
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(RetransmissionSection section, TimeSpan now) =>
        (Count, Since) = (section.RetransmitCount, Age.Moment(section.RetransmittingTicks, now));
}
