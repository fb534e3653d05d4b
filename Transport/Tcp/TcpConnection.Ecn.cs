using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The reaction to Explicit Congestion Notification (RFC 3168 section 6.1, as RFC 8311 and RFC 8511 allow); see <see
/// cref="EcnState"/>.
/// </summary>
public sealed partial class TcpConnection
{
    private TcpFlags SynEcnFlags(bool isAnswer)
    {
        if (!isAnswer && _retransmission.Count > 0) _negotiated.WithdrawEcn();
        return _negotiated.Ecn ? EcnState.SynFlags(isAnswer) : TcpFlags.None;
    }

    /// <summary>The peer echoes a mark. In a SYN,ACK the same flag only agrees to ECN (section 6.1.1).</summary>
    private bool EchoesMark(in TcpSegment segment) => _negotiated.Ecn && segment.Has(TcpFlags.Ece) && !segment.Has(TcpFlags.Syn);

    /// <summary>An echo is answered once a window of data (section 6.1.2), unless a loss was just answered.</summary>
    private void AnswerEcn(in TcpSegment segment, in Delivery delivery, long flight)
    {
        if (!EchoesMark(segment) || _ecn.IsAnswered(_snd.Una)) return;
        if (_recovery.IsReducing || _recovery.State is RecoveryState.Loss) return;
        ReduceWindow(CongestionSignal.Ecn, flight, delivery.Now);
        if (_snd.Outstanding == 0) return;
        _undo.End();
        _recovery.Enter(RecoveryState.Reduced, _snd.Max);
        BeginReduction(delivery);
    }

    /// <summary>Congestion reduces the window; the next new payload tells the peer so.</summary>
    private void ReduceWindow(CongestionSignal signal, long flight, TimeSpan now)
    {
        var sample = new AcknowledgmentSample { Now = now, PriorInFlight = (uint)flight, InFlight = (uint)InFlight };
        _congestion.OnCongestion(signal, sample);
        if (_negotiated.Ecn) _ecn.OnReduced(_snd.Max);
    }
}
