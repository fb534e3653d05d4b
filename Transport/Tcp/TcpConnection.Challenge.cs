using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Answers to unacceptable segments. Acknowledgments that a stranger can provoke are rate-limited for each connection, as in
/// Linux (tcp_invalid_ratelimit): two ends that refuse each other's acknowledgments would otherwise never stop. Challenge ACKs
/// (RFC 5961 section 7) are also limited for all connections together. Other answers to unacceptable segments do not draw on that
/// budget: probes of keepalive and window are such segments, and nobody may use up the budget for their answers.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Owes a challenge ACK, unless one was sent a moment ago.</summary>
    private void Challenge(TimeSpan now)
    {
        if (WasJustChallenged(now) || _settings.Challenges?.TryTake(now) is false)
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedChallenge);
            return;
        }

        _settings.Counters.Count(TcpExt.TCPChallengeACK);
        OweChallenge(now);
    }

    /// <summary>
    /// RFC 9293 section 3.10.7.4. Payload that is sent again is always acknowledged: its sender needs the acknowledgment, and no
    /// loop feeds on it. A SYN is challenged wherever it is (RFC 5961 section 4.2).
    /// </summary>
    private void AnswerUnacceptable(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            Challenge(now);
        }
        else if (!segment.Payload.IsEmpty)
        {
            if (_snd.IsAcceptable(segment)) NoteDuplicate(segment);
            _pending.Ack = true;
        }
        else if (WasJustChallenged(now))
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedSeq);
        }
        else
        {
            OweChallenge(now);
        }
    }

    /// <summary>Sends the SYN,ACK again, at a limited rate. The retransmission timer goes on: this is no timeout.</summary>
    private void AnswerRepeatedSyn(TimeSpan now)
    {
        if (WasJustChallenged(now))
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedSynRecv);
            return;
        }

        _liveness.OnChallenge(now);
        _pending.Syn = true;
    }

    private bool WasJustChallenged(TimeSpan now) => _liveness.WasJustChallenged(_settings.ChallengeInterval, now);

    private void OweChallenge(TimeSpan now)
    {
        _liveness.OnChallenge(now);
        _pending.Ack = true;
    }
}
