using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>Explicit Congestion Notification: negotiation, echo and answer (RFC 3168 section 6.1, answered as RFC 8311 and 8511 allow).</summary>
public sealed partial class TcpConnection
{
    private const TcpFlags EcnSetup = TcpFlags.Ece | TcpFlags.Cwr;

    private bool _ecn;
    private bool _ecnEchoing;
    private bool _cwrPending;
    private SequenceNumber? _ecnAnsweredThrough;

    private void OpenEcn() => _ecn = _settings.Ecn is EcnMode.Active || (_isPassive && _settings.Ecn is EcnMode.Passive);

    /// <summary>A SYN asks with both flags, a SYN,ACK agrees with one (section 6.1.1); both flags in a SYN,ACK are a peer that mirrors.</summary>
    private void AgreeOnEcn(in TcpSegment syn) =>
        _ecn &= (syn.Flags & EcnSetup) == (syn.Has(TcpFlags.Ack) ? TcpFlags.Ece : EcnSetup);

    /// <summary>A SYN that had no answer goes again without asking: something on the path may drop it for that (section 6.1.1.1).</summary>
    private TcpFlags SynEcnFlags(bool answers)
    {
        if (!answers && _retransmitCount > 0) _ecn = false;
        if (!_ecn) return TcpFlags.None;
        return answers ? TcpFlags.Ece : EcnSetup;
    }

    /// <summary>
    /// A mark on text is echoed in every acknowledgment until the peer says that it has reduced its window (section 6.1.3); the
    /// first one at once. A mark on a segment without text is ignored: such a segment is never sent as capable (section 6.1.4).
    /// </summary>
    private void NoteEcn(in TcpSegment segment)
    {
        if (!_ecn || segment.Payload.IsEmpty || segment.Has(TcpFlags.Syn)) return;
        if (segment.Has(TcpFlags.Cwr)) _ecnEchoing = false;
        if (segment.Ecn is not EcnCodepoint.CongestionExperienced || _ecnEchoing) return;
        _ecnEchoing = true;
        _ackPending = true;
    }

    /// <summary>The peer echoes a mark. In a SYN,ACK the same flag only agrees to ECN (section 6.1.1).</summary>
    private bool EchoesMark(in TcpSegment segment) => _ecn && segment.Has(TcpFlags.Ece) && !segment.Has(TcpFlags.Syn);

    /// <summary>The peer echoes a mark: answered once a window of data (section 6.1.2), unless loss was just answered.</summary>
    private void AnswerEcn(in TcpSegment segment, in Delivery delivery, long flight)
    {
        if (!EchoesMark(segment) || _sndUna <= _ecnAnsweredThrough || IsReducing || _recovery is RecoveryState.Loss) return;
        TellReduction(CongestionSignal.Ecn, flight, delivery.Now);
        if (Outstanding == 0) return;
        _undo.End();
        _recovery = RecoveryState.Reduced;
        _recoveryPoint = _sndMax;
        BeginReduction(delivery);
    }

    /// <summary>Congestion reduces the window; the next new text tells the peer so.</summary>
    private void TellReduction(CongestionSignal signal, long flight, TimeSpan now)
    {
        _congestion.OnCongestion(signal, new AcknowledgmentSample { Now = now, PriorInFlight = (uint)flight, InFlight = (uint)InFlight });
        if (!_ecn) return;
        _cwrPending = true;
        _ecnAnsweredThrough = _sndMax;
    }

    /// <summary>New text only is sent as capable: never what is resent, nor what has no text (sections 6.1.4 to 6.1.6).</summary>
    private void MarkCapable(ref OutboundSegment segment)
    {
        if (!_ecn) return;
        segment.TrafficClass |= (byte)EcnCodepoint.Ect0;
        if (_cwrPending) segment.Flags |= TcpFlags.Cwr;
        _cwrPending = false;
    }

    private EcnSection ExportEcn() => new()
    {
        Echoing = _ecnEchoing,
        CwrPending = _cwrPending,
        HasAnswered = _ecnAnsweredThrough is not null,
        AnsweredThrough = _ecnAnsweredThrough?.Value ?? 0,
    };

    private void ImportEcn(EcnSection section)
    {
        _ecnEchoing = section.Echoing;
        _cwrPending = section.CwrPending;
        _ecnAnsweredThrough = section.HasAnswered ? new SequenceNumber(section.AnsweredThrough) : null;
    }
}
