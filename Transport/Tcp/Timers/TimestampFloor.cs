namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// The timestamp below which a segment is an old duplicate: TS.Recent as it was 100 to 200 ms ago, counted while payload arrives.
/// RFC 7323 section 5.3 R1 compares with TS.Recent itself. But where the path reorders, a retransmission that fills the first gap
/// raises TS.Recent beyond what is still on its way: dropping each of those segments would cost a retransmission and a reduction,
/// and their retransmissions would do the same. Wrapped sequence numbers arrive later than this at any rate below 80 Gbit/s.
/// </summary>
internal struct TimestampFloor
{
    public static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(100);

    /// <summary>TS.Recent at the last <see cref="Since"/> but one.</summary>
    public uint Value { get; private set; }

    /// <summary>TS.Recent at <see cref="Since"/>.</summary>
    public uint Next { get; private set; }

    public TimeSpan Since { get; private set; }

    /// <summary>The first timestamp of the connection.</summary>
    public void Start(uint value, TimeSpan now) => (Value, Next, Since) = (value, value, now);

    /// <summary>TS.Recent becomes <paramref name="value"/>.</summary>
    public void Raise(uint value, TimeSpan now)
    {
        if (now - Since >= Lag) (Value, Next, Since) = (Next, value, now);
    }

    public readonly bool IsBelow(uint value) => (int)(value - Value) < 0;

    public void Restore(uint value, uint next, TimeSpan since) => (Value, Next, Since) = (value, next, since);
}
