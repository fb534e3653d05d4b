using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Acknowledgments that a stranger can provoke are limited by rate for each connection, as in Linux (tcp_invalid_ratelimit): two ends that
/// refuse each other's would otherwise never stop. The challenges among them (RFC 5961 section 7) are also limited for all together. What
/// answers an unacceptable segment is not: probes of keepalive and window are such, and nobody may use up what their answers are drawn from.
/// </summary>
public sealed partial class TcpConnection
{
    private TimeSpan? _challengedAt;

    /// <summary>Owes a challenge ACK, unless one was sent a moment ago: what it says has been said.</summary>
    private void Challenge(TimeSpan now)
    {
        if (WasJustAnswered(now) || _settings.Challenges?.TryTake(now) is false)
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedChallenge);
            return;
        }

        _settings.Counters.Count(TcpExt.TCPChallengeACK);
        AnswerStranger(now);
    }

    /// <summary>
    /// RFC 9293 section 3.10.7.4. Text sent again is always answered: its sender needs the acknowledgment, and no loop feeds on it. A SYN is
    /// challenged wherever it is (RFC 5961 section 4.2).
    /// </summary>
    private void AnswerUnacceptable(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            Challenge(now);
        }
        else if (!segment.Payload.IsEmpty)
        {
            if (IsAcknowledgmentAcceptable(segment)) NoteDuplicate(segment);
            _ackPending = true;
        }
        else if (WasJustAnswered(now))
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedSeq);
        }
        else
        {
            AnswerStranger(now);
        }
    }

    /// <summary>Sends the SYN,ACK again, at a limited rate. The retransmission timer goes on: this is no timeout.</summary>
    private void AnswerRepeatedSyn(TimeSpan now)
    {
        if (WasJustAnswered(now))
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedSynRecv);
            return;
        }

        _challengedAt = now;
        _synPending = true;
    }

    private bool WasJustAnswered(TimeSpan now) => _challengedAt is { } last && now - last < _settings.ChallengeInterval;

    private void AnswerStranger(TimeSpan now)
    {
        _challengedAt = now;
        _ackPending = true;
    }

    private long ExportChallenged(TimeSpan now) => _challengedAt is { } at ? (now - at).Ticks : TcpConnectionState.NotRunning;

    private void ImportChallenged(LivenessSection section, TimeSpan now) =>
        _challengedAt = section.ChallengedTicks < 0 ? null : now - TimeSpan.FromTicks(section.ChallengedTicks);
}
