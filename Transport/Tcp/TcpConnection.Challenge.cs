using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Acknowledgments that a stranger can provoke are limited by rate: RFC 5961 section 7, for each connection as Linux does it
/// (tcp_invalid_ratelimit) and for all together. Two ends that refuse each other's acknowledgments would otherwise never stop.
/// </summary>
public sealed partial class TcpConnection
{
    private TimeSpan? _challengedAt;

    /// <summary>Owes a challenge ACK, unless one was sent a moment ago: what it says has been said.</summary>
    private void Challenge(TimeSpan now)
    {
        if (_challengedAt is { } last && now - last < _settings.ChallengeInterval || _settings.Challenges?.TryTake(now) is false)
        {
            _settings.Counters.Count(TcpExt.TCPACKSkippedChallenge);
            return;
        }

        _settings.Counters.Count(TcpExt.TCPChallengeACK);
        _challengedAt = now;
        _ackPending = true;
    }

    /// <summary>Text sent again is always answered: its sender needs the acknowledgment, and no loop feeds on it.</summary>
    private void AnswerUnacceptable(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Payload.IsEmpty || segment.Has(TcpFlags.Syn))
        {
            Challenge(now);
            return;
        }

        NoteDuplicate(segment);
        _ackPending = true;
    }

    private long ExportChallenged(TimeSpan now) => _challengedAt is { } at ? (now - at).Ticks : TcpConnectionState.NotRunning;

    private void ImportChallenged(TcpConnectionState state, TimeSpan now) =>
        _challengedAt = state.ChallengedTicks < 0 ? null : now - TimeSpan.FromTicks(state.ChallengedTicks);
}
