using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Receiving;

/// <summary>
/// Dynamic right-sizing (DRS) of the receive window (Fisk and Feng, 2001), as in Linux: the window follows the bytes that the
/// application reads in one round trip. The round trip is the receiver's own estimate: the age of the timestamp that a segment
/// echoes, or, without timestamps, the time in which a window's worth arrived, which can only be too long.
/// </summary>
internal struct ReceiveWindowTuning
{
    /// <summary>Of the timestamp clock.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private uint _echo;
    private long _readBefore;
    private TimeSpan _began;
    private SequenceNumber _windowEnd;
    private TimeSpan _windowBegan;

    /// <summary>Begins with a connection.</summary>
    /// <param name="next">RCV.NXT.</param>
    /// <param name="fullest">Bytes that may be read in a round trip without raising the window.</param>
    /// <param name="now">The connection's time.</param>
    public ReceiveWindowTuning(SequenceNumber next, long fullest, TimeSpan now)
    {
        _windowEnd = next;
        _began = _windowBegan = now;
        Fullest = fullest;
    }

    /// <summary>Zero while unknown.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Bytes read in the fullest round trip so far.</summary>
    public long Fullest { get; private set; }

    /// <summary>
    /// A segment with payload echoes a timestamp of the given age. Only the first echo of a timestamp counts; the others arrived
    /// later.
    /// </summary>
    public void OnEcho(uint echo, TimeSpan age)
    {
        if (echo == _echo || age < TimeSpan.Zero) return;
        _echo = echo;
        if (age < Tick) age = Tick;
        RoundTrip = RoundTrip == TimeSpan.Zero ? age : RoundTrip + (age - RoundTrip) / 8;
    }

    /// <summary>Payload up to <paramref name="next"/> arrived in order, from a peer without timestamps.</summary>
    public void OnReceived(SequenceNumber next, int window, TimeSpan now)
    {
        if (next < _windowEnd) return;
        var round = now - _windowBegan;
        if (round > TimeSpan.Zero && (RoundTrip == TimeSpan.Zero || round < RoundTrip)) RoundTrip = round;
        _windowEnd = next + window;
        _windowBegan = now;
    }

    /// <summary>
    /// The application has read <paramref name="read"/> bytes in all. Returns what the window should hold, 0 where nothing was
    /// learnt: twice what was read in a round trip, because the peer needs one more to make use of it, and as much more as it
    /// grew.
    /// </summary>
    public long OnRead(long read, long capacity, int segment, TimeSpan now)
    {
        if (RoundTrip == TimeSpan.Zero || now - _began < RoundTrip) return 0;
        var round = Math.Min(read - _readBefore, capacity);
        _readBefore = read;
        _began = now;
        if (round <= Fullest) return 0;
        var window = 2 * round + 16 * segment;
        window += 2 * (window * (round - Fullest) / Fullest);
        Fullest = round;
        return window;
    }

    /// <summary>The section of the record.</summary>
    /// <param name="read">Bytes that the application has read in all.</param>
    /// <param name="now">The connection's time, which the section's times count back from.</param>
    public readonly ReceiveTuningSection Export(long read, TimeSpan now) => new()
    {
        RttTicks = RoundTrip.Ticks,
        FullestRound = Fullest,
        RoundBytes = read - _readBefore,
        RoundTicks = (now - _began).Ticks,
        RttEcho = _echo,
        RttWindowEnd = _windowEnd.Value,
        RttWindowTicks = (now - _windowBegan).Ticks,
    };

    /// <summary>Continues from the record; where that knows of no round trip, one begins.</summary>
    /// <param name="section">The section of the record.</param>
    /// <param name="read">Bytes that the application has read in all.</param>
    /// <param name="next">RCV.NXT.</param>
    /// <param name="now">The connection's time.</param>
    public void Restore(ReceiveTuningSection section, long read, SequenceNumber next, TimeSpan now)
    {
        var isRoundKnown = section.RoundTicks >= 0;
        RoundTrip = TimeSpan.FromTicks(section.RttTicks);
        if (section.FullestRound > 0) Fullest = section.FullestRound;
        _echo = section.RttEcho;
        _readBefore = isRoundKnown ? read - section.RoundBytes : read;
        _began = isRoundKnown ? Age.Ago(section.RoundTicks, now) : now;
        _windowEnd = isRoundKnown ? new SequenceNumber(section.RttWindowEnd) : next;
        _windowBegan = isRoundKnown ? Age.Ago(section.RttWindowTicks, now) : now;
    }
}
