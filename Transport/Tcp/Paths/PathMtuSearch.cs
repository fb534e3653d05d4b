namespace ActorStack.Transport.Tcp.Paths;

/// <summary>
/// The path MTU of one connection, bytes with IP header: lowered by routers (RFC 1191, RFC 8201) or because full segments vanish
/// (RFC 4821 section 7.7), raised again by probing with a larger segment (RFC 4821 section 7).
/// </summary>
/// <param name="link">MTU of the link: the search starts with it and never exceeds it.</param>
/// <param name="isIPv6">Which version's least MTU holds.</param>
internal struct PathMtuSearch(int link, bool isIPv6)
{
    /// <summary>RFC 1191 section 6.3 and RFC 8201 section 4: how long a value is believed before a larger one is tried.</summary>
    public static readonly TimeSpan Ageing = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8201 section 4 for IPv6; for IPv4 Linux's, for forgers gain by small ones (RFC 5927 section 7).</summary>
    private const int LeastIPv4 = 552;

    private const int LeastIPv6 = 1280;

    /// <summary>
    /// The size that is tried first where larger packets vanish (BASE_PLPMTU of RFC 8899 section 5.1.2, Linux's tcp_base_mss):
    /// nearly every path carries it.
    /// </summary>
    private const int BaseIPv4 = 1006;

    /// <summary>MAX_PROBES of RFC 8899 section 5.1.2: one that is lost may have met congestion.</summary>
    private const int MostProbes = 3;

    /// <summary>Sizes that are tried on the way down and up: those of common links and tunnels.</summary>
    private static readonly int[] Plateaus = [552, 1006, 1280, 1400, 1492, 1500, 4352, 9000, 17_914, 32_000, 65_535];

    private readonly int _link = link;

    public int Current { get; private set; } = link;

    /// <summary>When a larger one may be tried; null: this is the link's, or a probe is under way.</summary>
    public TimeSpan? RaiseAt { get; private set; }

    /// <summary>Probes of the next size that were lost one after another.</summary>
    public int ProbesLost { get; private set; }

    private readonly int Least => isIPv6 ? LeastIPv6 : LeastIPv4;

    /// <summary>The size that the next probe tries.</summary>
    public readonly int Next
    {
        get
        {
            foreach (var plateau in Plateaus)
            {
                if (plateau > Current) return Math.Min(plateau, _link);
            }

            return _link;
        }
    }

    /// <summary>
    /// The size that is tried where packets of <paramref name="used"/> bytes vanish. Where larger packets arrive, the path is no
    /// black hole.
    /// </summary>
    public readonly int Fallback(int used) => !isIPv6 && used > BaseIPv4 ? BaseIPv4 : Least;

    /// <summary>
    /// A router told <paramref name="mtu"/>; 0: an old router, which names no MTU (RFC 1191 section 5). True: it is less than was
    /// used.
    /// </summary>
    public bool OnTold(uint mtu, TimeSpan now)
    {
        // RFC 8201 section 4: a value below IPv6's least cannot be followed.
        if (isIPv6 && mtu < LeastIPv6) return false;
        return Lower(mtu == 0 ? Below() : (int)Math.Min(mtu, ushort.MaxValue), now);
    }

    /// <summary>
    /// Packets of <paramref name="used"/> bytes vanish, and no router reports it. True: smaller ones are to be tried. An outage
    /// looks the same, so a larger size is tried as soon as anything arrives again; where that is lost too, the size is believed
    /// for as long as one that a router reported.
    /// </summary>
    public bool OnBlackHole(int used, TimeSpan now)
    {
        if (!Lower(Fallback(used), now)) return false;
        RaiseAt = now;
        return true;
    }

    public void OnProbeSent() => RaiseAt = null;

    public void OnProbeArrived(int mtu, TimeSpan now)
    {
        Current = Math.Min(mtu, _link);
        RaiseAt = Current < _link ? now : null;
        ProbesLost = 0;
    }

    public void OnProbeLost(TimeSpan now)
    {
        ProbesLost = (ProbesLost + 1) % MostProbes;
        RaiseAt = ProbesLost > 0 ? now : now + Ageing;
    }

    /// <summary>
    /// Continues from another connection or owner, which may have had a larger link, or no time to raise the MTU.
    /// </summary>
    public void Restore(int mtu, TimeSpan? raiseAt, int probesLost, bool isProbing, TimeSpan now)
    {
        if (mtu > 0) Current = Math.Min(mtu, _link);
        RaiseAt = Current == _link || isProbing ? null : raiseAt ?? now + Ageing;
        ProbesLost = Math.Clamp(probesLost, 0, MostProbes - 1);
    }

    private readonly int Below()
    {
        var below = Least;
        foreach (var plateau in Plateaus)
        {
            if (plateau > below && plateau < Current) below = plateau;
        }

        return below;
    }

    private bool Lower(int mtu, TimeSpan now)
    {
        mtu = Math.Max(mtu, Least);
        if (mtu >= Current) return false;
        Current = mtu;
        RaiseAt = now + Ageing;
        ProbesLost = 0;
        return true;
    }
}
