using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>
/// The agreement of the two SYNs (RFC 9293 section 3.7.1, RFC 7323, RFC 2018, RFC 3168). Until the peer's SYN has arrived it is
/// the offer of this end.
/// </summary>
internal struct Negotiated
{
    /// <summary>RFC 9293 section 3.7.1 sets no lower bound; a peer that announces less gets segments of this size.</summary>
    public const ushort MinimumMss = 64;

    private const ushort DefaultMssIPv4 = 536;
    private const ushort DefaultMssIPv6 = 1220;

    /// <summary>Before the peer's SYN the MSS to it is the default of RFC 9293 section 3.7.1.</summary>
    public Negotiated(ushort receiveMss, bool isIPv6)
    {
        ReceiveMss = receiveMss;
        SendMss = Math.Min(isIPv6 ? DefaultMssIPv6 : DefaultMssIPv4, receiveMss);
    }

    /// <summary>The peer's MSS: payload and options of a segment to it, bytes.</summary>
    public ushort SendMss { get; private set; }

    /// <summary>The MSS announced to the peer, bytes.</summary>
    public ushort ReceiveMss { get; private set; }

    /// <summary>Windows are scaled (RFC 7323 section 2.2).</summary>
    public bool WindowScaling { get; private set; }

    /// <summary>Shift of the windows that the peer announces (Snd.Wind.Shift).</summary>
    public byte SendShift { get; private set; }

    /// <summary>Shift of the windows that are announced to the peer (Rcv.Wind.Shift).</summary>
    public byte ReceiveShift { get; private set; }

    /// <summary>Selective acknowledgments are permitted (RFC 2018 section 2).</summary>
    public bool Sack { get; private set; }

    /// <summary>Segments carry timestamps (RFC 7323 section 3.2).</summary>
    public bool Timestamps { get; private set; }

    /// <summary>Explicit Congestion Notification is in use (RFC 3168).</summary>
    public bool Ecn { get; private set; }

    /// <summary>Bytes of the timestamps option in every segment.</summary>
    public readonly int TimestampLength => Timestamps ? SegmentOptions.TimestampLength : 0;

    /// <summary>The largest window that the window field can announce.</summary>
    public readonly long MaximumWindow => (long)ushort.MaxValue << ReceiveShift;

    /// <summary>The options of a SYN or SYN,ACK that is sent now.</summary>
    public readonly SynOptions SynOptions => new(ReceiveMss, WindowScaling ? ReceiveShift : null, Sack, Timestamps);

    /// <summary>Sets the offer of this end.</summary>
    /// <param name="settings">The stack's settings.</param>
    /// <param name="capacity">The largest receive window, bytes.</param>
    /// <param name="isPassive">This end answers a SYN. With <see cref="EcnMode.Passive"/> ECN is agreed on only then.</param>
    public void Offer(TcpSettings settings, long capacity, bool isPassive)
    {
        WindowScaling = settings.WindowScaling;
        Sack = settings.Sack;
        Timestamps = settings.Timestamps;
        ReceiveShift = SynOptions.WindowScaleFor(capacity);
        Ecn = settings.Ecn is EcnMode.Active || (isPassive && settings.Ecn is EcnMode.Passive);
    }

    /// <summary>Takes the peer's SYN: features that both ends offered are in use.</summary>
    public void Agree(in TcpSegment syn)
    {
        ref readonly var options = ref syn.Options;
        if (options.MaximumSegmentSize > 0) SendMss = Math.Max(options.MaximumSegmentSize, MinimumMss);
        SendMss = Math.Min(SendMss, ReceiveMss);
        WindowScaling &= options.HasWindowScale;
        SendShift = WindowScaling ? Math.Min(options.WindowScale, SynOptions.MaximumWindowScale) : (byte)0;
        if (!WindowScaling) ReceiveShift = 0;
        Sack &= options.SackPermitted;
        Timestamps &= options.HasTimestamps;
        Ecn &= EcnState.IsAgreedBy(syn);
    }

    /// <summary>
    /// A SYN that had no answer is sent again without the request for ECN: the path may drop it for that (RFC 3168 section
    /// 6.1.1.1).
    /// </summary>
    public void WithdrawEcn() => Ecn = false;

    /// <summary>A connection that ends in SYN-SENT has agreed to nothing: its RST carries no timestamp.</summary>
    public void WithdrawTimestamps() => Timestamps = false;

    /// <summary>The section of the record.</summary>
    public readonly NegotiatedSection Export() => new()
    {
        SendMss = SendMss,
        ReceiveMss = ReceiveMss,
        WindowScaling = WindowScaling,
        SndWindScale = SendShift,
        RcvWindScale = ReceiveShift,
        SackPermitted = Sack,
        Timestamps = Timestamps,
        Ecn = Ecn,
    };

    /// <summary>Continues from the record.</summary>
    /// <param name="section">The section of the record.</param>
    /// <param name="linkMss">Payload and options that a packet of this link carries, bytes: the link may be narrower than the
    /// last.</param>
    public void Restore(NegotiatedSection section, int linkMss)
    {
        SendMss = (ushort)Math.Max(MinimumMss, Math.Min(section.SendMss, linkMss));
        ReceiveMss = Math.Max(MinimumMss, section.ReceiveMss);
        WindowScaling = section.WindowScaling;
        SendShift = section.SndWindScale;
        ReceiveShift = section.RcvWindScale;
        Sack = section.SackPermitted;
        Timestamps = section.Timestamps;
        Ecn = section.Ecn;
    }
}
