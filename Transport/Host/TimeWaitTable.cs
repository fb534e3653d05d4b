using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// The connections in TIME-WAIT (RFC 9293 section 3.10.7.4): a small record for each, in chunks, found by hash and ordered by
/// when they are due. When the table is full the oldest goes. Sans-IO as <see cref="TcpConnection"/> is; belongs to one thread.
/// </summary>
/// <remarks>
/// A new SYN may take the flow over (RFC 6191 section 2); RSTs do not end TIME-WAIT (RFC 1337, F1); answers of one flow are
/// limited by rate (RFC 5961 section 7). Nothing wakes for a record that is due: it goes at the next call.
/// </remarks>
/// <param name="capacity">Records at most.</param>
/// <param name="settings">How long TIME-WAIT lasts, and how often one flow is answered.</param>
public sealed class TimeWaitTable(int capacity, TcpSettings settings)
{
    /// <summary>
    /// What a new connection's sequence numbers begin beyond the old one's last (as Linux does): no window reaches so far back.
    /// </summary>
    private const uint ReuseDistance = 65_537;

    private const int LargestWindow = 1 << 30;

    private const int ChunkSize = 4096;
    private const int InitialBuckets = 1024;
    private const int None = -1;

    private readonly List<TimeWaitRecord[]> _chunks = [];
    private int[] _buckets = NewBuckets(InitialBuckets);
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;

    /// <summary>Connections in TIME-WAIT, those included whose time has passed since the last call.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a connection in TIME-WAIT; its time starts again.</summary>
    public void Add(TcpConnectionState state, TimeSpan now)
    {
        Expire(now);
        Insert(TimeWaitRecord.From(state, now), Tenths(now + settings.TimeWait));
    }

    /// <summary>
    /// Takes a connection that was in TIME-WAIT at another host. Its time ends no earlier than that of those which are here
    /// already, because the table is ordered by time.
    /// </summary>
    public void Add(in TimeWaitEntry entry, TimeSpan now)
    {
        Expire(now);
        var due = Tenths(now + (entry.Left < settings.TimeWait ? entry.Left : settings.TimeWait));
        if (_newest != None && (int)(At(_newest).DueAt - due) > 0) due = At(_newest).DueAt;
        Insert(TimeWaitRecord.From(entry, now), due);
    }

    /// <summary>All connections in TIME-WAIT, those that end first at the beginning. They stay here too.</summary>
    public IReadOnlyList<TimeWaitEntry> ExportAll(TimeSpan now)
    {
        Expire(now);
        var entries = new List<TimeWaitEntry>(Count);
        for (var index = _oldest; index != None; index = At(index).Newer)
            entries.Add(At(index).ToEntry(TimeSpan.FromMilliseconds(100.0 * (int)(At(index).DueAt - Tenths(now))), now));
        return entries;
    }

    private void Insert(in TimeWaitRecord record, uint due)
    {
        Remove(record.Flow);
        if (Count == capacity) Evict();
        if (capacity == 0) return;
        if (Count == _buckets.Length) Rehash();
        var index = Allocate();
        ref var slot = ref At(index);
        slot = record;
        slot.DueAt = due;
        ref var bucket = ref Bucket(slot.Flow);
        slot.NextInBucket = bucket;
        bucket = index;
        Append(index);
        Count++;
    }

    /// <summary>A segment arrived of a flow that may be in TIME-WAIT.</summary>
    /// <param name="flow">The flow of the segment.</param>
    /// <param name="segment">The segment; nothing of it is kept.</param>
    /// <param name="now">The host's time.</param>
    /// <param name="answer">With <see cref="TimeWaitVerdict.Answered"/>: what to send.</param>
    /// <param name="iss">With <see cref="TimeWaitVerdict.Reusable"/>: where the new connection's sequence numbers must
    /// begin.</param>
    public TimeWaitVerdict Arrive(
        in FlowKey flow, in TcpSegment segment, TimeSpan now, out OutboundSegment answer, out SequenceNumber iss)
    {
        (answer, iss) = (default, default);
        Expire(now);
        var index = Find(flow);
        if (index == None) return TimeWaitVerdict.Unknown;
        ref var record = ref At(index);
        if (segment.Has(TcpFlags.Rst)) return TimeWaitVerdict.Dropped;
        if (IsNew(record, segment))
        {
            iss = record.SndNxt + ReuseDistance;
            return TimeWaitVerdict.Reusable;
        }

        if (RepeatsFin(record, segment)) Restart(index, now);
        return IsOld(record, segment) || !IsAcceptable(record, segment) || segment.Has(TcpFlags.Syn)
            ? Answer(flow, ref record, now, out answer)
            : TimeWaitVerdict.Dropped;
    }

    /// <summary>Query: the flow is in TIME-WAIT.</summary>
    public bool Contains(in FlowKey flow, TimeSpan now)
    {
        Expire(now);
        return Find(flow) != None;
    }

    /// <summary>
    /// Where the sequence numbers of a connection opened from here over a flow in TIME-WAIT must begin; null: it must wait. The
    /// peer can tell the two apart where timestamps have gone on since (RFC 6191 section 2), by a second as in Linux.
    /// </summary>
    public SequenceNumber? FindReuse(in FlowKey flow, TimeSpan now)
    {
        var index = Find(flow);
        if (index == None) return null;
        ref readonly var record = ref At(index);
        var waited = Tenths(settings.TimeWait) - (int)(record.DueAt - Tenths(now));
        return record.Has(TimeWaitFlags.Timestamps) && waited > 10 ? record.SndNxt + ReuseDistance : null;
    }

    /// <summary>Forgets a flow; false where it was not in TIME-WAIT.</summary>
    public bool Remove(in FlowKey flow)
    {
        ref var link = ref Bucket(flow);
        while (link != None && At(link).Flow != flow) link = ref At(link).NextInBucket;
        if (link == None) return false;
        var index = link;
        link = At(index).NextInBucket;
        Unlink(index);
        At(index).NextInBucket = _free;
        _free = index;
        Count--;
        return true;
    }

    /// <summary>The record of a flow, to be taken elsewhere; null where it is not in TIME-WAIT.</summary>
    public TcpConnectionState? Export(in FlowKey flow, TimeSpan now)
    {
        Expire(now);
        var index = Find(flow);
        if (index == None) return null;
        ref readonly var record = ref At(index);
        return record.ToState(TimeSpan.FromMilliseconds(100.0 * (int)(record.DueAt - Tenths(now))), now);
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void Expire(TimeSpan now)
    {
        var tenths = Tenths(now);
        while (_oldest != None && (int)(At(_oldest).DueAt - tenths) <= 0) Remove(At(_oldest).Flow);
    }

    /// <summary>RFC 6191 section 2: newer by its timestamp, or where that cannot tell, by its sequence number.</summary>
    private static bool IsNew(in TimeWaitRecord record, in TcpSegment segment)
    {
        if ((segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin)) != TcpFlags.Syn) return false;
        if (!segment.Options.HasTimestamps) return segment.Sequence > record.RcvNxt;
        if (!record.Has(TimeWaitFlags.Timestamps)) return true;
        var age = (int)(segment.Options.TimestampValue - record.TsRecent);
        return age > 0 || (age == 0 && segment.Sequence > record.RcvNxt);
    }

    /// <summary>
    /// The peer retransmits its FIN. Only that restarts the 2 MSL: its number and an acceptable acknowledgment tell it from a
    /// forged one. The largest window bounds how old the acknowledgment may be (RFC 5961 section 5.2, RFC 7323 section 2.3).
    /// </summary>
    private static bool RepeatsFin(in TimeWaitRecord record, in TcpSegment segment) =>
        (segment.Flags & (TcpFlags.Fin | TcpFlags.Ack | TcpFlags.Syn)) == (TcpFlags.Fin | TcpFlags.Ack)
        && segment.End == record.RcvNxt
        && record.SndNxt - segment.Acknowledgment is >= 0 and <= LargestWindow && !IsOld(record, segment);

    /// <summary>RFC 7323 section 5.3 R1.</summary>
    private static bool IsOld(in TimeWaitRecord record, in TcpSegment segment) =>
        record.Has(TimeWaitFlags.Timestamps) && segment.Options.HasTimestamps
            && (int)(segment.Options.TimestampValue - record.TsRecent) < 0;

    private static bool IsAcceptable(in TimeWaitRecord record, in TcpSegment segment) => segment.Length == 0
        ? segment.Sequence >= record.RcvNxt && segment.Sequence <= record.RcvNxt + record.RcvWnd
        : segment.End > record.RcvNxt && segment.Sequence < record.RcvNxt + record.RcvWnd;

    private TimeWaitVerdict Answer(in FlowKey flow, ref TimeWaitRecord record, TimeSpan now, out OutboundSegment answer)
    {
        answer = default;
        var tenths = Tenths(now);
        if (record.Has(TimeWaitFlags.Answered) && tenths - record.AnsweredAt < Tenths(settings.ChallengeInterval))
        {
            settings.Counters.Count(TcpExt.TCPACKSkippedChallenge);
            return TimeWaitVerdict.Dropped;
        }

        record.AnsweredAt = tenths;
        record.Flags |= TimeWaitFlags.Answered;
        answer = new OutboundSegment
        {
            Flow = flow,
            Sequence = record.SndNxt,
            Acknowledgment = record.RcvNxt,
            Flags = TcpFlags.Ack,
            Window = (ushort)Math.Min(record.RcvWnd >> record.RcvWindScale, ushort.MaxValue),
            HopLimit = record.HopLimit,
            TrafficClass = record.TrafficClass,
        };
        var clock = unchecked(TimeWaitRecord.Milliseconds(now) + record.TimestampOffset);
        SegmentOptions.AddTimestamps(ref answer.Options, record.Has(TimeWaitFlags.Timestamps), clock, record.TsRecent);
        return TimeWaitVerdict.Answered;
    }

    private void Restart(int index, TimeSpan now)
    {
        At(index).DueAt = Tenths(now + settings.TimeWait);
        Unlink(index);
        Append(index);
    }

    private void Evict()
    {
        if (_oldest == None) return;
        settings.Counters.Count(TcpExt.TCPTimeWaitOverflow);
        Remove(At(_oldest).Flow);
    }

    private int Find(in FlowKey flow)
    {
        var index = Bucket(flow);
        while (index != None && At(index).Flow != flow) index = At(index).NextInBucket;
        return index;
    }

    private int Allocate()
    {
        if (_free == None) AddChunk();
        var index = _free;
        _free = At(index).NextInBucket;
        return index;
    }

    private void AddChunk()
    {
        var first = _chunks.Count * ChunkSize;
        _chunks.Add(new TimeWaitRecord[ChunkSize]);
        for (var i = first + ChunkSize - 1; i >= first; i--)
        {
            At(i).NextInBucket = _free;
            _free = i;
        }
    }

    private void Rehash()
    {
        _buckets = NewBuckets(2 * _buckets.Length);
        for (var index = _oldest; index != None; index = At(index).Newer)
        {
            ref var bucket = ref Bucket(At(index).Flow);
            At(index).NextInBucket = bucket;
            bucket = index;
        }
    }

    private void Append(int index)
    {
        ref var record = ref At(index);
        (record.Older, record.Newer) = (_newest, None);
        if (_newest == None) _oldest = index;
        else At(_newest).Newer = index;
        _newest = index;
    }

    private void Unlink(int index)
    {
        var (older, newer) = (At(index).Older, At(index).Newer);
        if (older == None) _oldest = newer;
        else At(older).Newer = newer;
        if (newer == None) _newest = older;
        else At(newer).Older = older;
    }

    private ref TimeWaitRecord At(int index) => ref _chunks[index / ChunkSize][index % ChunkSize];

    private ref int Bucket(in FlowKey flow) => ref _buckets[(uint)flow.GetHashCode() & (uint)(_buckets.Length - 1)];

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private static uint Tenths(TimeSpan time) => unchecked((uint)(time.Ticks / (TimeSpan.TicksPerMillisecond * 100)));
}
