using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// The timestamps of both directions (RFC 7323): the clock behind TSval, and TS.Recent, which is echoed and protects against
/// wrapped sequence numbers (PAWS).
/// </summary>
internal struct Timestamps
{
    /// <summary>RFC 7323 section 5.5: after 24 days the peer's clock may have wrapped.</summary>
    private static readonly TimeSpan RecentLifetime = TimeSpan.FromDays(24);

    private TimestampFloor _floor;
    private bool _hasRecent;
    private uint _recent;
    private TimeSpan _recentAt;

    /// <summary>Added to the host's clock: random, so that uptime and other connections stay hidden.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>TSecr of the segments sent.</summary>
    public readonly uint Echo => _hasRecent ? _recent : 0;

    /// <summary>Converts the moments of the record.</summary>
    public readonly RecordClock Clock => new(Offset);

    /// <summary>Begins the connection.</summary>
    public void Open(TimeSpan offset) => Offset = offset;

    /// <summary>TSval of a segment sent now.</summary>
    public readonly uint Value(TimeSpan now) => TimestampClock.Value(now, Offset);

    /// <summary>Time since a segment with this TSval was sent; negative where the peer echoes what was never sent.</summary>
    public readonly TimeSpan AgeOf(uint echo, TimeSpan now) => TimeSpan.FromMilliseconds((int)(Value(now) - echo));

    /// <summary>
    /// PAWS (section 5.3 R1, see <see cref="TimestampFloor"/>): the segment is an old duplicate from before the sequence numbers
    /// wrapped.
    /// </summary>
    public readonly bool IsOldDuplicate(in TcpSegment segment, TimeSpan now)
    {
        if (!_hasRecent || !segment.Options.HasTimestamps || segment.Has(TcpFlags.Rst)) return false;
        var value = segment.Options.TimestampValue;
        return IsOlder(value, now) && _floor.IsBelow(value);
    }

    /// <summary>Section 4.3: TS.Recent is the timestamp of the segment that moves the left edge.</summary>
    public void Note(in TcpSegment segment, SequenceNumber lastAckSent, TimeSpan now)
    {
        if (!segment.Options.HasTimestamps || segment.Sequence > lastAckSent) return;
        if (!IsOlder(segment.Options.TimestampValue, now)) Set(segment.Options.TimestampValue, now);
    }

    /// <summary>TS.Recent becomes <paramref name="value"/>.</summary>
    public void Set(uint value, TimeSpan now)
    {
        if (_hasRecent && now - _recentAt <= RecentLifetime) _floor.Raise(value, now);
        else _floor.Start(value, now);
        (_hasRecent, _recent, _recentAt) = (true, value, now);
    }

    private readonly bool IsOlder(uint value, TimeSpan now) =>
        _hasRecent && (int)(value - _recent) < 0 && now - _recentAt <= RecentLifetime;

    /// <summary>The section of the record.</summary>
    public readonly TimestampsSection Export(TimeSpan now) => new()
    {
        HasTsRecent = _hasRecent,
        TsRecent = _recent,
        TsRecentAgeTicks = (now - _recentAt).Ticks,
        TsFloor = _floor.Value,
        TsFloorNext = _floor.Next,
        TsFloorAgeTicks = (now - _floor.Since).Ticks,
        ClockTicks = Clock.Ticks(now),
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(TimestampsSection section, TimeSpan now)
    {
        (_hasRecent, _recent, _recentAt) = (section.HasTsRecent, section.TsRecent, Age.Ago(section.TsRecentAgeTicks, now));
        _floor.Restore(section.TsFloor, section.TsFloorNext, Age.Ago(section.TsFloorAgeTicks, now));
        Offset = TimeSpan.FromTicks(section.ClockTicks) - now;
    }
}
