using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What the path tells: ICMP, believed only where it quotes what is outstanding (RFC 5927 section 4), and the path MTU
/// (<see cref="PathMtuSearch"/>). A probe of the path is an ordinary segment that is larger than the others: where it is lost, recovery
/// sends its text again in segments of the usual size. Deviation from RFC 4821 section 7.7: such a loss counts as congestion.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Timeouts of a full segment after which a black hole is suspected.</summary>
    private const int BlackHoleTimeouts = 2;

    private PathMtuSearch _path;
    private int _pathProbeMtu;
    private SequenceNumber _pathProbeStart;
    private SequenceNumber _pathProbeEnd;

    /// <summary>Query: bytes of an IP packet that the path is believed to carry.</summary>
    public int PathMtu => _path.Current;

    /// <summary>Payload and options of a segment: what the peer takes and what the path carries.</summary>
    private int EffectiveMss =>
        Math.Min(_sendMss, Math.Max(Math.Min(_path.Current - HeaderLength, _options.MaximumSegmentSize), MinimumMss + TimestampOption));

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

    /// <summary>
    /// The same full segment timed out again and again: perhaps the path swallows such and nobody tells (RFC 4821 section 7.7). A peer whose
    /// window is closed drops them itself.
    /// </summary>
    private void DetectBlackHole(TimeSpan now)
    {
        if (_sndWnd == 0 || _retransmitCount % BlackHoleTimeouts != 0 || Math.Min(Outstanding, _send.Length) < SegmentPayload) return;
        if (!_path.OnBlackHole(now)) return;
        _pathProbeMtu = 0; // it vanished with the others, which says nothing of its size
        _settings.Counters.Count(TcpExt.TCPMTUPFail);
        _congestion.OnSegmentSize(SegmentPayload);
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

    private void ImportPath(TcpConnectionState state, TimeSpan now)
    {
        _pathProbeMtu = state.PathProbeMtu;
        var raiseAt = state.PathMtuRaiseTicksLeft < 0 ? (TimeSpan?)null : now + TimeSpan.FromTicks(state.PathMtuRaiseTicksLeft);
        _path.Restore(state.PathMtu, raiseAt, isProbing: _pathProbeMtu > 0, now);
        _pathProbeStart = new SequenceNumber(state.PathProbeStart);
        _pathProbeEnd = new SequenceNumber(state.PathProbeEnd);
    }
}
