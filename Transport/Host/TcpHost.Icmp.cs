using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// ICMP: echo is answered; what quotes a segment goes to its flow's owner, who judges by the sequence number whether it is forged
/// (RFC 5927).
/// </summary>
public sealed partial class TcpHost
{
    private HostVerdict OnIcmp(in LinkFrame frame, TimeSpan now)
    {
        if (!Shared.IsLocal(_packet.Flow.Local.Address)) return Drop(DropReason.Icmp, frame);
        if (!IcmpReader.TryRead(_packet, out _icmp)) return Drop(DropReason.Icmp, frame);
        if (_icmp.Kind is IcmpKind.EchoRequest) return AnswerEcho(frame, now);
        if (!_icmp.QuotesTcp) return Drop(DropReason.Icmp, frame);
        if (_flows.TryGetValue(_icmp.Flow, out var flow)) return OnQuoted(flow, frame, now);
        var owner = Shared.Spread.IndexOf(_icmp.Flow);
        return owner == Index ? Drop(DropReason.Icmp, frame) : HandOver(owner, frame);
    }

    private HostVerdict OnQuoted(Flow flow, in LinkFrame frame, TimeSpan now)
    {
        if (flow.Owner.Kind is FlowOwnerKind.Pending or FlowOwnerKind.Recovering) return Drop(DropReason.NotReady, frame);
        if (!Shared.Icmps.TryTake(now)) return Drop(DropReason.IcmpRate, frame);
        if (flow.Owner.Kind is not FlowOwnerKind.Software) return new HostVerdict(HostAction.Forward, flow, frame, null);
        frame.Buffer.Release();
        return new HostVerdict(HostAction.Report, flow, default, null);
    }

    private HostVerdict AnswerEcho(in LinkFrame frame, TimeSpan now)
    {
        if (!Shared.Echoes.TryTake(now)) return Drop(DropReason.EchoRate, frame);
        var reply = FrameBuffer.Rent();
        var length = IcmpWriter.WriteEchoReply(reply.Bytes, _packet, Tcp.Options.HopLimit);
        frame.Buffer.Release();
        if (length == 0)
        {
            reply.Release();
            return Drop(DropReason.Icmp);
        }

        var answer = new LinkFrame(reply, 0, length, ChecksumVerified: false, SegmentSize: 0);
        return new HostVerdict(HostAction.SendFrame, null, answer, null);
    }
}
