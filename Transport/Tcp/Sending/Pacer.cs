using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Sending;

/// <summary>
/// The time at which the next burst may be sent. The link cuts a burst into segments at once; it holds about a millisecond of the
/// rate, as in Linux (tcp_tso_autosize, draft-ietf-ccwg-bbr section 5.6.3). A host that wakes up late gets a credit for it, half
/// a burst at most, so that late timers do not lower the rate. Linux (tcp_update_skb_after_send) credits half of the burst that
/// is being sent; single retransmitted segments would then slow down everything between them.
/// </summary>
internal struct Pacer
{
    public const int LargestBurst = 64 * 1024;
    private const int BurstsInASecond = 1000;
    private const int LeastSegments = 2;

    /// <summary>No flow is slower than one burst in this time.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private TimeSpan _next;

    /// <summary>The first flight after idle is paced, although the connection is not: no acknowledgments clock it.</summary>
    public bool PacesRestart { get; set; }

    /// <summary>When the next burst may leave; a time past means now.</summary>
    public readonly TimeSpan Next => _next;

    /// <summary>Bytes of one burst at a rate of bytes a second.</summary>
    public static long Burst(long rate, long segment) =>
        Math.Max(Math.Min(rate / BurstsInASecond, LargestBurst), LeastSegments * segment);

    public readonly bool MustWait(TimeSpan now) => _next > now;

    /// <summary>Payload was sent: the next may leave when it has passed at the rate.</summary>
    /// <param name="bytes">Bytes that were sent.</param>
    /// <param name="rate">Bytes a second.</param>
    /// <param name="segment">Bytes of a full segment.</param>
    /// <param name="now">The connection's time.</param>
    public void OnSent(long bytes, long rate, long segment, TimeSpan now)
    {
        var most = Time(Burst(rate, segment), rate) / 2;
        var late = now - _next;
        var credit = late > most ? most : late;
        _next = now + Time(bytes, rate) - (credit > TimeSpan.Zero ? credit : TimeSpan.Zero);
    }

    /// <summary>The section of the record.</summary>
    public readonly PacingSection Export(TimeSpan now) => new()
    {
        NextTicks = Bound((_next - now).Ticks),
        PacesRestart = PacesRestart,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(PacingSection section, TimeSpan now)
    {
        _next = now + new TimeSpan(Bound(section.NextTicks));
        PacesRestart = section.PacesRestart;
    }

    private static TimeSpan Time(long bytes, long rate) =>
        new((long)Math.Min(bytes * (double)TimeSpan.TicksPerSecond / rate, LongestWait.Ticks));

    private static long Bound(long ticks) => Math.Clamp(ticks, -LongestWait.Ticks, LongestWait.Ticks);
}
