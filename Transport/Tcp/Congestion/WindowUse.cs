using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// How much of the congestion window is used, over one round (RFC 7661), as in Linux (tcp_cwnd_validate): whether the window held
/// the sender back at one moment of the round, because pacing seldom fills it at every moment; or else the most that was
/// outstanding.
/// </summary>
internal struct WindowUse
{
    private SequenceNumber _through;

    /// <summary>The congestion window limited the sender in the round.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>The most bytes that were outstanding in the round.</summary>
    public uint MostOutstanding { get; private set; }

    /// <summary>Begins the connection.</summary>
    public void Open(SequenceNumber iss) => _through = iss;

    /// <summary>SND.UNA advanced.</summary>
    public void OnAcknowledged(SequenceNumber una) => _through = SequenceNumber.Max(_through, una);

    /// <summary>Notes the use at this moment.</summary>
    public void Note(bool isLimited, in SendSpace space)
    {
        var isNewRound = space.Una >= _through;
        if (!isNewRound && !isLimited && (IsLimited || space.Outstanding <= MostOutstanding)) return;
        (IsLimited, MostOutstanding, _through) = (isLimited, space.Outstanding, space.Max);
    }

    /// <summary>Adds the use to the section of the record.</summary>
    public readonly CongestionSection Export(CongestionSection section) => section with
    {
        CwndLimited = IsLimited,
        CwndLimitedThrough = _through.Value,
        MostOutstanding = MostOutstanding,
    };

    /// <summary>
    /// Continues from the record. An engine that keeps no account of the use begins a round with what is outstanding.
    /// </summary>
    public void Restore(CongestionSection section, in SendSpace space)
    {
        IsLimited = section.CwndLimited;
        (MostOutstanding, _through) = section.MostOutstanding > 0
            ? (section.MostOutstanding, new SequenceNumber(section.CwndLimitedThrough))
            : (space.Outstanding, space.Max);
    }
}
