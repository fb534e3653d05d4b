using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Paths;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Reaction to the path: to ICMP, which is believed only where it quotes what is outstanding (RFC 5927 section 4), and to changes
/// of the path MTU (<see cref="PathMtuDiscovery"/>).
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Query: the path as a connection to the same destination may begin with it. Null: in doubt, because a timeout is
    /// unanswered, which may be an outage, or a probe is under way.
    /// </summary>
    public PathKnowledge? Path => _retransmission.Count > 0 || _path.IsProbing ? null : _path.Knowledge;

    /// <summary>Query: bytes of an IP packet that the path is believed to carry.</summary>
    public int PathMtu => _path.Mtu;

    private PacketSizes PacketSizes => new(HeaderLength + _negotiated.TimestampLength, HeaderLength + EffectiveMss);

    /// <summary>
    /// Input, before anything is sent: the path as an earlier connection to this destination knew it. The MSS that is announced
    /// stays the link's, because it tells what arrives here (RFC 9293 section 3.7.1); segments and the initial window have the
    /// path's size from the first on.
    /// </summary>
    public void ExpectPath(PathKnowledge path, TimeSpan now)
    {
        _path.Expect(path, now);
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, SegmentPayload, _snd.Iss.Value, now);
    }

    /// <summary>
    /// Input: an ICMP message that quotes a segment of this flow. A forged message needs a number that is outstanding.
    /// </summary>
    public void OnIcmp(in IcmpMessage message, TimeSpan now)
    {
        if (State is TcpState.Closed or TcpState.TimeWait) return;
        if (!_snd.IsOutstanding(message.Sequence))
        {
            _settings.Counters.Count(TcpExt.OutOfWindowIcmps);
            return;
        }

        if (message.Kind is IcmpKind.PacketTooBig) OnPathMtu(message.Mtu, now);
        else if (!IsSynchronized && HardError(message) is { } error) EnterClosed(new SocketException((int)error));
    }

    /// <summary>
    /// Input: the path carries packets of <paramref name="mtu"/> bytes at most; 0: of fewer than were sent. What is outstanding
    /// was too large, which is no congestion (RFC 8201 section 5.4).
    /// </summary>
    public void OnPathMtu(uint mtu, TimeSpan now)
    {
        if (!_path.OnTold(mtu, now)) return;
        _congestion.OnSegmentSize(SegmentPayload);
        _path.ForgetProbe();
        if (IsSynchronized && _snd.Outstanding > 0) ResendAll(now);
    }

    /// <summary>
    /// RFC 1122 section 4.2.3.9: protocol or port unreachable. The error is soft once the connection is synchronized (RFC 5927
    /// section 5.2). An active open ends by whatever keeps it from its destination, as in Linux (RFC 5461 section 4.1): its
    /// application can try another address.
    /// </summary>
    private SocketError? HardError(in IcmpMessage message)
    {
        if (message.Kind is not IcmpKind.DestinationUnreachable) return null;
        if (_flow.Remote.Address.IsIPv6 ? message.Code is 4 : message.Code is 2 or 3) return SocketError.ConnectionRefused;
        if (State is not TcpState.SynSent) return null;
        return message.Code is 0 ? SocketError.NetworkUnreachable : SocketError.HostUnreachable;
    }

    private void DetectBlackHole(TimeSpan now)
    {
        if (!_path.DetectBlackHole(_scoreboard, isWindowOpen: _snd.Window > 0, PacketSizes, now)) return;
        _settings.Counters.Count(TcpExt.TCPMTUPFail);
        _congestion.OnSegmentSize(SegmentPayload);
    }

    /// <summary>
    /// Sends one larger segment, where one is due and there is payload and room for it (RFC 4821 section 7.4). With SACK blocks
    /// it would be larger than the size it tries.
    /// </summary>
    private bool TrySendPathProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_path.IsProbeDue(now) || HasSackBlocks || !IsSending || _scoreboard.IsFull || _scoreboard.HasLost) return false;
        var mtu = Math.Min(_path.ProbeSize, _negotiated.SendMss + HeaderLength);
        var length = mtu - HeaderLength - _negotiated.TimestampLength;
        if (length <= SegmentPayload || length > _settings.MaximumSegmentPayload) return false;
        if (DataEnd - _snd.Max < length || Math.Min(_snd.PeerRoom, CongestionRoom) < length) return false;
        _path.BeginProbe(mtu, _snd.Max);
        FillPayload(ref segment, _snd.Max, length, now);
        segment.MaximumPayload = length;
        _path.EndProbe(_snd.Max);
        return true;
    }

    private void ConfirmPathProbe(TimeSpan now)
    {
        if (!_path.ConfirmProbe(_snd.Una, now)) return;
        _settings.Counters.Count(TcpExt.TCPMTUPSuccess);
        _congestion.OnSegmentSize(SegmentPayload);
    }
}
