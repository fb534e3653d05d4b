using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// A segment that belongs to no connection: TIME-WAIT, LISTEN and CLOSED (RFC 9293 sections 3.10.7.1 and 3.10.7.2).
/// </summary>
public sealed partial class TcpHost
{
    /// <summary>The flags that say what a segment is to a handshake.</summary>
    private TcpFlags Handshake => _packet.Tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin);

    /// <summary>
    /// The flow may be another host's: the hash of the flow decides, for a SYN too. So every host knows without a look at a
    /// shared table who has a flow, and the device that spreads packets by the same hash brings them to it at once.
    /// </summary>
    private HostVerdict OnUnknownFlow(in LinkFrame frame, TimeSpan now)
    {
        var owner = Shared.Spread.IndexOf(_packet.Flow);
        if (owner != Index) return HandOver(owner, frame);
        Counters.SegmentsReceived++;
        switch (TimeWaits.Arrive(_packet.Flow, _packet.Tcp, now, out _response, out var iss))
        {
            case TimeWaitVerdict.Dropped:
                return Drop(DropReason.TimeWait, frame);
            case TimeWaitVerdict.Answered:
                frame.Buffer.Release();
                return HostVerdict.Respond();
            case TimeWaitVerdict.Reusable:
                var reopened = OpenAnew(iss, now);
                frame.Buffer.Release();
                return reopened;
            default:
                return OnNewFlow(frame, now);
        }
    }

    /// <summary>
    /// A SYN takes a flow in TIME-WAIT over (RFC 6191). A cookie has no room for the sequence number that the old connection
    /// settles: where one would be needed, the SYN must come again.
    /// </summary>
    private HostVerdict OpenAnew(SequenceNumber iss, TimeSpan now)
    {
        if (FindListener(_packet.Flow.Local) is not { } listener) return Refuse(now);
        if (listener.Accepts.IsFull) return Overflow();
        var verdict = AdmitSyn(listener, iss, now);
        if (verdict.Action is HostAction.Open && TimeWaits.Remove(_packet.Flow)) Counters.Tcp.Count(TcpExt.TWRecycled);
        return verdict;
    }

    private HostVerdict OnNewFlow(in LinkFrame frame, TimeSpan now)
    {
        if (!Shared.IsLocal(_packet.Flow.Local.Address)) return Drop(DropReason.ForeignAddress, frame);
        var listener = FindListener(_packet.Flow.Local);
        if (listener is not null && Handshake is TcpFlags.Ack && Shared.Cookies.WereMade(now))
            return OpenCookie(listener, frame, now);
        if (MayBeElsewhere()) return Ask(frame);
        var verdict = listener is null ? Refuse(now) : OnListener(listener, now);
        frame.Buffer.Release();
        return verdict;
    }

    /// <summary>
    /// In LISTEN. A segment that is no SYN is refused where it acknowledges something (RFC 9293 section 3.10.7.2); otherwise it
    /// is dropped, and so, as in Linux, is a SYN with a FIN.
    /// </summary>
    private HostVerdict OnListener(Listener listener, TimeSpan now)
    {
        if (Handshake is not TcpFlags.Syn) return _packet.Tcp.Has(TcpFlags.Ack) ? Refuse(now) : Drop(DropReason.NoConnection);
        if (listener.Accepts.IsFull) return Overflow();
        if (FindFlood(listener) is { } flood) return AnswerWithCookie(listener, flood, now);
        return AdmitSyn(listener, iss: null, now);
    }

    /// <summary>A segment to a connection that does not exist (RFC 9293 section 3.10.7.1).</summary>
    private HostVerdict Refuse(TimeSpan now)
    {
        ref readonly var segment = ref _packet.Tcp;
        if (segment.Has(TcpFlags.Rst)) return Drop(DropReason.NoConnection);
        if (!IsSettled && !segment.Has(TcpFlags.Syn)) return Drop(DropReason.NotSettled);
        Counters.Drop(DropReason.NoConnection);
        if (!Shared.Resets.TryTake(now)) return Drop(DropReason.ResetRate);
        var acknowledges = segment.Has(TcpFlags.Ack);
        _response = new OutboundSegment
        {
            Flow = _packet.Flow,
            Sequence = acknowledges ? segment.Acknowledgment : default,
            Acknowledgment = acknowledges ? default : segment.End,
            Flags = acknowledges ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
            HopLimit = Tcp.Options.HopLimit,
        };
        Counters.ResetsSent++;
        return HostVerdict.Respond();
    }
}
