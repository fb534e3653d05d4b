using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What the path tells: ICMP, believed only where it quotes what is outstanding (RFC 5927 section 4), and the path MTU
/// (<see cref="PathMtuSearch"/>). A probe of the path is an ordinary segment that is larger than the others: where it is lost, recovery
/// sends its text again in segments of the usual size, and where nothing else is lost, that is no congestion (RFC 4821 section
/// 7.6.2).
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Timeouts in a row after which a black hole is suspected (a full-stop timeout of RFC 4821 section 7.7), where at least so
    /// many large segments vanished and none arrived meanwhile: four in a row are hardly ever lost at random. Linux waits for
    /// four timeouts.
    /// </summary>
    private const int FullStopTimeouts = 2;

    private const int VanishedSegments = 4;
    private const int MostRuns = 32;

    private PathMtuSearch _path;
    private int _pathProbeMtu;
    private SequenceNumber _pathProbeStart;
    private SequenceNumber _pathProbeEnd;
    private int _fullStops;
    private TimeSpan? _largeArrivedAt;

    /// <summary>
    /// Query: what a connection to the same destination may begin with. Null: in doubt, for a timeout is unanswered, which may be
    /// an outage, or a probe is under way.
    /// </summary>
    public PathKnowledge? Path =>
        _retransmitCount > 0 || _pathProbeMtu > 0 ? null : new PathKnowledge(_path.Current, _path.RaiseAt);

    /// <summary>Query: bytes of an IP packet that the path is believed to carry.</summary>
    public int PathMtu => _path.Current;

    /// <summary>Payload and options of a segment: what the peer takes and what the path carries.</summary>
    private int EffectiveMss =>
        Math.Min(_sendMss, Math.Max(Math.Min(_path.Current - HeaderLength, _options.MaximumSegmentSize), MinimumMss + TimestampOption));

    /// <summary>Only the probe of the path is lost, and not yet sent again.</summary>
    private bool IsPathProbeAloneLost =>
        _pathProbeMtu > 0
        && _scoreboard.TryPeekLost(int.MaxValue, out var start, out var length)
        && start == _pathProbeStart && start + length == _pathProbeEnd && _scoreboard.LostBytes == length;

    /// <summary>
    /// Input, before anything is sent: what an earlier connection to this destination knew. The MSS that is announced stays the
    /// link's, for it tells what arrives here (RFC 9293 section 3.7.1); segments and the initial window are of the path's size
    /// from the first on.
    /// </summary>
    public void ExpectPath(PathKnowledge path, TimeSpan now)
    {
        _path.Restore(path.Mtu, path.RaiseAt, probesLost: 0, isProbing: false, now);
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, SegmentPayload, _iss.Value, now);
    }

    /// <summary>Input: an ICMP message that quotes a segment of this flow. Forged ones need a number that is outstanding.</summary>
    public void OnIcmp(in IcmpMessage message, TimeSpan now)
    {
        if (State is TcpState.Closed or TcpState.TimeWait) return;
        if (message.Sequence < _sndUna || message.Sequence >= _sndMax)
        {
            _settings.Counters.Count(TcpExt.OutOfWindowIcmps);
            return;
        }

        if (message.Kind is IcmpKind.PacketTooBig) OnPathMtu(message.Mtu, now);
        else if (!IsSynchronized && HardError(message) is { } error) EnterClosed(new SocketException((int)error));
    }

    /// <summary>Input: the path carries packets of <paramref name="mtu"/> bytes at most, 0: of fewer than were sent.</summary>
    public void OnPathMtu(uint mtu, TimeSpan now)
    {
        if (!_path.OnTold(mtu, now)) return;
        _congestion.OnSegmentSize(SegmentPayload);
        ResendSmaller(now);
    }

    /// <summary>
    /// RFC 1122 section 4.2.3.9: protocol or port unreachable. Soft once the connection is synchronized (RFC 5927 section 5.2). An open from
    /// here ends by whatever keeps it from its destination, as in Linux (RFC 5461 section 4.1): who asked can try another.
    /// </summary>
    private SocketError? HardError(in IcmpMessage message)
    {
        if (message.Kind is not IcmpKind.DestinationUnreachable) return null;
        if (_flow.Remote.Address.IsIPv6 ? message.Code is 4 : message.Code is 2 or 3) return SocketError.ConnectionRefused;
        if (State is not TcpState.SynSent) return null;
        return message.Code is 0 ? SocketError.NetworkUnreachable : SocketError.HostUnreachable;
    }

    /// <summary>What is outstanding was too large, which is no congestion (RFC 8201 section 5.4).</summary>
    private void ResendSmaller(TimeSpan now)
    {
        _pathProbeMtu = 0;
        if (IsSynchronized && Outstanding > 0) ResendAll(now);
    }

    /// <summary>A large segment that arrived shows that the path carries such, whatever else is lost.</summary>
    private void NoteArrived(in Delivery delivery)
    {
        if (delivery.Acknowledged > 0) _fullStops = 0;
        if (IsLarge(delivery.LargestSegment) || IsDuplicateOfLarge(delivery)) _largeArrivedAt = delivery.Now;
    }

    /// <summary>
    /// Without SACK nobody knows which segment a duplicate acknowledgment is for: the last one is large, so it may be for such.
    /// </summary>
    private bool IsDuplicateOfLarge(in Delivery delivery) =>
        delivery.IsDuplicate && !_sackPermitted && !_scoreboard.IsEmpty && IsLarge(SegmentOf(_scoreboard[_scoreboard.Count - 1]));

    /// <summary>Bytes of its wire segments.</summary>
    private static int SegmentOf(in TransmittedRun run) => Math.Min(run.Length, run.SegmentSize);

    /// <summary>Larger than what is tried where a black hole is suspected.</summary>
    private bool IsLarge(int payload) =>
        HeaderLength + (_timestamps ? TimestampOption : 0) + payload > _path.Fallback(HeaderLength + EffectiveMss);

    /// <summary>It is large, and none such arrived since it was sent.</summary>
    private bool HasVanished(in TransmittedRun run) =>
        !run.IsSacked && !(run.SentAt < _largeArrivedAt) && IsLarge(SegmentOf(run));

    /// <summary>
    /// The same large segment timed out or was sent again in vain, and since it was sent none of its size arrived: perhaps the
    /// path swallows such and nobody tells (RFC 4821 section 7.7). Small ones that arrive put off the timeout, so both count.
    /// From the second time on each tries a smaller size. A peer whose window is closed drops them itself.
    /// </summary>
    private void DetectBlackHole(TimeSpan now)
    {
        if (_scoreboard.IsEmpty) return;
        ref readonly var first = ref _scoreboard[0];
        _fullStops = _sndWnd > 0 && HasVanished(first) ? Math.Min(_fullStops + 1, VanishedSegments) : 0;
        if (_fullStops < FullStopTimeouts || CountVanished() < VanishedSegments) return;
        if (!_path.OnBlackHole(HeaderLength + EffectiveMss, now)) return;
        _pathProbeMtu = 0; // it vanished with the others, which says nothing of its size
        _settings.Counters.Count(TcpExt.TCPMTUPFail);
        _congestion.OnSegmentSize(SegmentPayload);
    }

    /// <summary>
    /// Large segments that were sent since one arrived: what is outstanding, and the first of it as often as it was sent again.
    /// They are among the first runs, so no more are looked at.
    /// </summary>
    private int CountVanished()
    {
        var count = _fullStops;
        for (var i = 0; i < Math.Min(_scoreboard.Count, MostRuns) && count < VanishedSegments; i++)
        {
            ref readonly var run = ref _scoreboard[i];
            if (HasVanished(run)) count += run.Segments;
        }

        return count;
    }

    /// <summary>
    /// One larger segment, where one is due and there is text and room for it (RFC 4821 section 7.4). With SACK blocks it would be larger
    /// than what it tries.
    /// </summary>
    private bool TrySendPathProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (_path.RaiseAt is not { } due || now < due || HasSackBlocks || !IsSending || _scoreboard.IsFull || _scoreboard.HasLost) return false;
        var mtu = Math.Min(_path.Next, _sendMss + HeaderLength);
        var length = mtu - HeaderLength - (_timestamps ? TimestampOption : 0);
        if (length <= SegmentPayload || length > _settings.MaximumSegmentPayload) return false;
        if (DataEnd - _sndMax < length || Math.Min(PeerRoom, CongestionRoom) < length) return false;
        _path.OnProbeSent();
        (_pathProbeMtu, _pathProbeStart) = (mtu, _sndMax);
        FillText(ref segment, _sndMax, length, now);
        segment.MaximumPayload = length;
        _pathProbeEnd = _sndMax;
        return true;
    }

    /// <summary>Everything up to SND.UNA arrived.</summary>
    private void ConfirmPathProbe(TimeSpan now)
    {
        if (_pathProbeMtu == 0 || _sndUna < _pathProbeEnd) return;
        _settings.Counters.Count(TcpExt.TCPMTUPSuccess);
        _path.OnProbeArrived(_pathProbeMtu, now);
        _pathProbeMtu = 0;
        _congestion.OnSegmentSize(SegmentPayload);
    }

    /// <summary>Text from <paramref name="start"/> to <paramref name="end"/> is sent again.</summary>
    private void NoteResent(SequenceNumber start, SequenceNumber end, TimeSpan now)
    {
        if (_pathProbeMtu == 0 || end <= _pathProbeStart || start >= _pathProbeEnd) return;
        _path.OnProbeLost(now);
        _pathProbeMtu = 0;
    }

    private PathSection ExportPath(TimeSpan now) => new()
    {
        Mtu = _path.Current,
        RaiseTicksLeft = _path.RaiseAt is { } raise ? Math.Max(0, (raise - now).Ticks) : TcpConnectionState.NotRunning,
        ProbeMtu = _pathProbeMtu,
        ProbeStart = _pathProbeStart.Value,
        ProbeEnd = _pathProbeEnd.Value,
        ProbesLost = _path.ProbesLost,
        FullStops = _fullStops,
        LargeArrivedTicks = _largeArrivedAt is { } arrived ? (now - arrived).Ticks : TcpConnectionState.NotRunning,
    };

    private void ImportPath(PathSection section, TimeSpan now)
    {
        _pathProbeMtu = section.ProbeMtu;
        var raiseAt = section.RaiseTicksLeft < 0 ? (TimeSpan?)null : now + TimeSpan.FromTicks(section.RaiseTicksLeft);
        _path.Restore(section.Mtu, raiseAt, section.ProbesLost, isProbing: _pathProbeMtu > 0, now);
        _pathProbeStart = new SequenceNumber(section.ProbeStart);
        _pathProbeEnd = new SequenceNumber(section.ProbeEnd);
        _fullStops = Math.Min(section.FullStops, VanishedSegments);
        _largeArrivedAt = section.LargeArrivedTicks < 0 ? null : now - TimeSpan.FromTicks(section.LargeArrivedTicks);
    }
}
