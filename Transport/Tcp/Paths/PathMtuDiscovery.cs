using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Paths;

/// <summary>
/// Path MTU discovery of one connection: the search (<see cref="PathMtuSearch"/>), the probe that is under way, and the detection
/// of black holes. A probe is an ordinary segment that is larger than the others (RFC 4821 section 7.4). Where it is lost,
/// recovery sends its payload again in segments of the usual size.
/// </summary>
/// <param name="link">MTU of the link, bytes.</param>
/// <param name="isIPv6">The version whose least MTU holds.</param>
internal struct PathMtuDiscovery(int link, bool isIPv6)
{
    /// <summary>
    /// Timeouts in a row after which a black hole is suspected (a full-stop timeout of RFC 4821 section 7.7), where at least <see
    /// cref="VanishedSegments"/> large segments vanished and none arrived meanwhile. Four in a row are hardly ever lost at
    /// random. Linux waits for four timeouts.
    /// </summary>
    private const int FullStopTimeouts = 2;

    private const int VanishedSegments = 4;

    /// <summary>Runs that are looked at: the vanished ones are among the first.</summary>
    private const int MostRuns = 32;

    private PathMtuSearch _search = new(link, isIPv6);
    private int _probeMtu;
    private SequenceNumber _probeStart;
    private SequenceNumber _probeEnd;
    private int _fullStops;
    private TimeSpan? _largeArrivedAt;

    /// <summary>Bytes of an IP packet that the path is believed to carry.</summary>
    public readonly int Mtu => _search.Current;

    /// <summary>What a later connection to the same destination may begin with.</summary>
    public readonly PathKnowledge Knowledge => new(_search.Current, _search.RaiseAt);

    /// <summary>A probe is under way.</summary>
    public readonly bool IsProbing => _probeMtu > 0;

    /// <summary>Bytes of the IP packet that a probe tries.</summary>
    public readonly int ProbeSize => _search.Next;

    /// <summary>A larger packet may be tried.</summary>
    public readonly bool IsProbeDue(TimeSpan now) => _search.RaiseAt is { } due && now >= due;

    /// <summary>Only the probe is lost and not yet retransmitted: that is no congestion (RFC 4821 section 7.6.2).</summary>
    public readonly bool IsProbeAloneLost(Scoreboard scoreboard) => IsProbing
        && scoreboard.TryPeekLost(int.MaxValue, out var start, out var length)
        && start == _probeStart && start + length == _probeEnd && scoreboard.LostBytes == length;

    /// <summary>An earlier connection to the destination knew the path.</summary>
    public void Expect(PathKnowledge path, TimeSpan now) =>
        _search.Restore(path.Mtu, path.RaiseAt, probesLost: 0, isProbing: false, now);

    /// <summary>A router told the MTU; 0: less than was used. True where less is believed from now on.</summary>
    public bool OnTold(uint mtu, TimeSpan now) => _search.OnTold(mtu, now);

    /// <summary>A probe of <paramref name="mtu"/> bytes is being sent.</summary>
    public void BeginProbe(int mtu, SequenceNumber start)
    {
        _search.OnProbeSent();
        (_probeMtu, _probeStart) = (mtu, start);
    }

    /// <summary>The probe ends before <paramref name="end"/>.</summary>
    public void EndProbe(SequenceNumber end) => _probeEnd = end;

    /// <summary>The fate of the probe says nothing of its size.</summary>
    public void ForgetProbe() => _probeMtu = 0;

    /// <summary>Everything up to SND.UNA arrived. True where the probe did.</summary>
    public bool ConfirmProbe(SequenceNumber una, TimeSpan now)
    {
        if (!IsProbing || una < _probeEnd) return false;
        _search.OnProbeArrived(_probeMtu, now);
        _probeMtu = 0;
        return true;
    }

    /// <summary>
    /// Numbers from <paramref name="start"/> to <paramref name="end"/> are retransmitted: the probe among them is lost.
    /// </summary>
    public void OnRetransmitted(SequenceNumber start, SequenceNumber end, TimeSpan now)
    {
        if (!IsProbing || end <= _probeStart || start >= _probeEnd) return;
        _search.OnProbeLost(now);
        _probeMtu = 0;
    }

    /// <summary>
    /// A large segment that arrived shows that the path carries such. Without SACK nobody knows which segment a duplicate
    /// acknowledgment is for: it may be for the last one.
    /// </summary>
    public void OnDelivered(in Delivery delivery, Scoreboard scoreboard, bool hasSack, in PacketSizes sizes)
    {
        if (delivery.Acknowledged > 0) _fullStops = 0;
        var isDuplicateOfLarge = delivery.IsDuplicate && !hasSack && !scoreboard.IsEmpty
            && IsLarge(scoreboard[scoreboard.Count - 1].LargestSegment, sizes);
        if (isDuplicateOfLarge || IsLarge(delivery.LargestSegment, sizes)) _largeArrivedAt = delivery.Now;
    }

    /// <summary>
    /// The same large segment timed out or was retransmitted in vain, and since it was sent none of its size arrived: the path
    /// may swallow such and tell nobody (RFC 4821 section 7.7). Small segments that arrive put off the timeout, so both count.
    /// From the second time on each tries a smaller size. True where a smaller size is believed from now on.
    /// </summary>
    /// <param name="scoreboard">The segments in flight.</param>
    /// <param name="isWindowOpen">A peer whose window is closed drops segments itself.</param>
    /// <param name="sizes">Sizes of the headers.</param>
    /// <param name="now">The connection's time.</param>
    public bool DetectBlackHole(Scoreboard scoreboard, bool isWindowOpen, in PacketSizes sizes, TimeSpan now)
    {
        if (scoreboard.IsEmpty) return false;
        _fullStops = isWindowOpen && HasVanished(scoreboard[0], sizes) ? Math.Min(_fullStops + 1, VanishedSegments) : 0;
        if (_fullStops < FullStopTimeouts || CountVanished(scoreboard, sizes) < VanishedSegments) return false;
        if (!_search.OnBlackHole(sizes.Largest, now)) return false;
        _probeMtu = 0; // it vanished with the others
        return true;
    }

    /// <summary>The section of the record.</summary>
    public readonly PathSection Export(TimeSpan now) => new()
    {
        Mtu = _search.Current,
        RaiseTicksLeft = _search.RaiseAt is { } raise ? Math.Max(0, (raise - now).Ticks) : TcpConnectionState.NotRunning,
        ProbeMtu = _probeMtu,
        ProbeStart = _probeStart.Value,
        ProbeEnd = _probeEnd.Value,
        ProbesLost = _search.ProbesLost,
        FullStops = _fullStops,
        LargeArrivedTicks = Age.Of(_largeArrivedAt, now),
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(PathSection section, TimeSpan now)
    {
        _probeMtu = section.ProbeMtu;
        var raiseAt = section.RaiseTicksLeft < 0 ? (TimeSpan?)null : now + TimeSpan.FromTicks(section.RaiseTicksLeft);
        _search.Restore(section.Mtu, raiseAt, section.ProbesLost, IsProbing, now);
        _probeStart = new SequenceNumber(section.ProbeStart);
        _probeEnd = new SequenceNumber(section.ProbeEnd);
        _fullStops = Math.Min(section.FullStops, VanishedSegments);
        _largeArrivedAt = Age.Moment(section.LargeArrivedTicks, now);
    }

    /// <summary>The packet is larger than what is tried where a black hole is suspected.</summary>
    private readonly bool IsLarge(int payload, in PacketSizes sizes) =>
        sizes.Overhead + payload > _search.Fallback(sizes.Largest);

    /// <summary>The run is large, and no large segment arrived since it was sent.</summary>
    private readonly bool HasVanished(in TransmittedRun run, in PacketSizes sizes) =>
        !run.IsSacked && !(run.SentAt < _largeArrivedAt) && IsLarge(run.LargestSegment, sizes);

    /// <summary>
    /// Large segments that were sent since one arrived: those outstanding, and the first of them as often as it was
    /// retransmitted.
    /// </summary>
    private readonly int CountVanished(Scoreboard scoreboard, in PacketSizes sizes)
    {
        var count = _fullStops;
        for (var i = 0; i < Math.Min(scoreboard.Count, MostRuns) && count < VanishedSegments; i++)
        {
            ref readonly var run = ref scoreboard[i];
            if (HasVanished(run, sizes)) count += run.Segments;
        }

        return count;
    }
}
