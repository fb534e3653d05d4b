using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>Counts packets, bytes and drops of one host. Belongs to the host's thread.</summary>
public sealed class HostCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _malformed = new long[Enum.GetValues<Malformation>().Length];

    /// <summary>The counters that the connections share.</summary>
    public TcpCounters Tcp { get; } = new();

    /// <summary>Connections that were established, opened by either end.</summary>
    public long Opened { get; set; }

    /// <summary>Established connections that have ended.</summary>
    public long Closed { get; set; }

    /// <summary>TCP segments that arrived and were well-formed; a super-segment counts once.</summary>
    public long SegmentsReceived { get; set; }

    /// <summary>TCP segments that the software stack sent; a super-segment counts once.</summary>
    public long SegmentsSent { get; set; }

    /// <summary>Payload bytes that connections received in order, whoever ran them.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Payload bytes that peers acknowledged, whoever ran the connections.</summary>
    public long BytesSent { get; set; }

    /// <summary>Segments with RST that were sent.</summary>
    public long ResetsSent { get; set; }

    /// <summary>Segments that connections sent again.</summary>
    public long Retransmissions { get; set; }

    /// <summary>Frames that came in by a queue that is not their flow's, and went to the host that has the flow.</summary>
    public long HandedOver { get; set; }

    /// <summary>Packets dropped for a reason.</summary>
    public long this[DropReason reason] => _drops[(int)reason];

    /// <summary>Counts well-formed packets that were dropped for a reason.</summary>
    public void Drop(DropReason reason, long count = 1) => _drops[(int)reason] += count;

    /// <summary>A listener's accept queue is full (Linux counts it so).</summary>
    public void OverflowListener()
    {
        Drop(DropReason.AcceptQueueFull);
        Tcp.Count(TcpExt.ListenOverflows);
        Tcp.Count(TcpExt.ListenDrops);
    }

    /// <summary>Counts a malformed packet, which was dropped.</summary>
    public void Drop(Malformation malformation) => _malformed[(int)malformation]++;

    /// <summary>Adds what another host counted.</summary>
    public void Add(HostCounters other)
    {
        Tcp.Add(other.Tcp);
        for (var i = 0; i < _drops.Length; i++) _drops[i] += other._drops[i];
        for (var i = 0; i < _malformed.Length; i++) _malformed[i] += other._malformed[i];
        Opened += other.Opened;
        Closed += other.Closed;
        SegmentsReceived += other.SegmentsReceived;
        SegmentsSent += other.SegmentsSent;
        BytesReceived += other.BytesReceived;
        BytesSent += other.BytesSent;
        ResetsSent += other.ResetsSent;
        Retransmissions += other.Retransmissions;
        HandedOver += other.HandedOver;
    }

    /// <summary>The TCP group of the MIB (RFC 4022), by its names.</summary>
    public Dictionary<string, long> Mib()
    {
        var mib = Enum.GetValues<TcpMib>().ToDictionary(counter => counter.ToString(), counter => Tcp[counter]);
        mib["CurrEstab"] = Opened - Closed;
        mib["InSegs"] = SegmentsReceived;
        mib["OutSegs"] = SegmentsSent;
        mib["RetransSegs"] = Retransmissions;
        mib["InErrs"] = _malformed[(int)Malformation.TcpChecksum] + _malformed[(int)Malformation.TcpHeaderLength]
            + _malformed[(int)Malformation.TcpOptions] + _malformed[(int)Malformation.TcpPort];
        mib["OutRsts"] = ResetsSent;
        return mib;
    }

    /// <summary>Linux's counters beyond the MIB, by its names; counters that are 0 are left out.</summary>
    public Dictionary<string, long> Ext(TcpMemory memory)
    {
        var ext = Enum.GetValues<TcpExt>().Where(counter => Tcp[counter] > 0)
            .ToDictionary(counter => counter.ToString(), counter => Tcp[counter]);
        if (memory.Pressures > 0) ext["TCPMemoryPressures"] = memory.Pressures;
        return ext;
    }

    /// <summary>
    /// Packets dropped, by the name of the <see cref="DropReason"/>, or <c>Malformed:</c> and that of the
    /// <see cref="Malformation"/>. Reasons that did not occur are left out.
    /// </summary>
    public Dictionary<string, long> Dropped()
    {
        var dropped = new Dictionary<string, long>();
        foreach (var reason in Enum.GetValues<DropReason>())
        {
            if (_drops[(int)reason] > 0) dropped[reason.ToString()] = _drops[(int)reason];
        }

        foreach (var malformation in Enum.GetValues<Malformation>())
        {
            if (_malformed[(int)malformation] > 0) dropped[$"Malformed: {malformation}"] = _malformed[(int)malformation];
        }

        return dropped;
    }
}
