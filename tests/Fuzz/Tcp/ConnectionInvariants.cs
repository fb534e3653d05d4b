using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>What holds after every step of a connection, whatever the peer sends (RFC 9293 section 3.4 and 3.8.6).</summary>
internal sealed class ConnectionInvariants(Twins twins)
{
    private TcpConnectionState _before = twins.Record;
    private SequenceNumber? _permitted;
    private SequenceNumber? _announced;
    private SequenceNumber? _acknowledged;

    public void Check()
    {
        var record = twins.Record;
        CheckSendSide(record);
        if (record.Identity.State is not (TcpState.SynSent or TcpState.Closed)) CheckReceiveSide(record);
        CheckTime(record);
        _permitted = Furthest(_permitted, new SequenceNumber(record.Send.SndUna) + record.Send.SndWnd);
        foreach (var segment in twins.Output) CheckOutput(segment, record);
        _before = record;
    }

    private void CheckSendSide(TcpConnectionState record)
    {
        var (una, next, max) = (new SequenceNumber(record.Send.SndUna), new SequenceNumber(record.Send.SndNxt),
            new SequenceNumber(record.Send.SndMax));
        Require(una <= next && next <= max, $"SND.UNA {una}, SND.NXT {next}, SND.MAX {max}");
        Require(una >= new SequenceNumber(_before.Send.SndUna), "SND.UNA moved back");
        Require(max >= new SequenceNumber(_before.Send.SndMax), "SND.MAX moved back");
        var written = twins.Still.Send.Written;
        var sent = Math.Max(0, max - new SequenceNumber(record.Send.Iss) - 1);
        Require(sent <= written + (record.Send.FinSent ? 1 : 0), $"{sent} numbers sent, {written} bytes were written");
        Require(!record.Send.FinSent || twins.Still.Send.IsCompleted, "a FIN before the application closed");
        Require(record.Congestion.Cwnd > 0 && record.Congestion.Cwnd < int.MaxValue, $"cwnd {record.Congestion.Cwnd}");
        Require(record.RateReduction.Delivered >= 0 && record.RateReduction.Sent >= 0,
            "proportional rate reduction counts below zero");
    }

    private void CheckReceiveSide(TcpConnectionState record)
    {
        var next = new SequenceNumber(record.Receive.RcvNxt);
        var edge = new SequenceNumber(record.Receive.RcvWup) + record.Receive.RcvWnd;
        if (_before.Identity.State is not TcpState.SynSent)
        {
            Require(next >= new SequenceNumber(_before.Receive.RcvNxt), "RCV.NXT moved back");
            Require(edge >= new SequenceNumber(_before.Receive.RcvWup) + _before.Receive.RcvWnd, "the right edge moved back");
        }

        var receive = twins.Still.Receive;
        var delivered = next - new SequenceNumber(record.Receive.Irs) - 1 - (record.Receive.FinReceived ? 1 : 0);
        Require(delivered == receive.Delivered, $"{receive.Delivered} bytes delivered, RCV.NXT says {delivered}");
        Require(edge - next <= receive.Capacity, $"a window of {edge - next} bytes, the capacity is {receive.Capacity}");
        Require(record.Receive.FinReceived == receive.IsCompleted || receive.IsFailed, "the stream's end is not the FIN");
    }

    /// <summary>Whatever waits for the peer, and whatever must end, has a timer.</summary>
    private void CheckTime(TcpConnectionState record)
    {
        Require(record.RoundTrip.RtoTicks > 0 && record.RoundTrip.RtoTicks <= TcpSettings.Default.MaximumRto.Ticks,
            $"RTO {TimeSpan.FromTicks(record.RoundTrip.RtoTicks)}");
        Require(record.RoundTrip.SRttTicks >= 0 && record.RoundTrip.RttVarTicks >= 0 && record.RoundTrip.MinRttTicks >= 0,
            "a round trip below zero");
        if (record.Identity.State is TcpState.Closed)
        {
            Require(twins.NextDeadline is null, "a timer runs in CLOSED");
            return;
        }

        var send = twins.Still.Send;
        var isOutstanding = record.Send.SndUna != record.Send.SndMax || (send.Length > 0 && IsSending(record))
            || (send.IsCompleted && !record.Send.FinSent && IsSending(record));
        var mustEnd = record.Identity.State is TcpState.SynSent or TcpState.SynReceived or TcpState.TimeWait
            || (record.Identity.State is TcpState.FinWait2 && twins.Still.Receive.IsAbandoned);
        Require(twins.NextDeadline is not null || !(isOutstanding || mustEnd),
            $"no timer runs in {record.Identity.State}, {record.Send.SndMax - record.Send.SndUna} outstanding");
    }

    private static bool IsSending(TcpConnectionState record) =>
        record.Identity.State is TcpState.Established or TcpState.CloseWait;

    private void CheckOutput(in OutboundSegment segment, TcpConnectionState record)
    {
        Require(segment.Payload.Length <= Math.Max(segment.MaximumPayload, 64 * 1024),
            $"a segment of {segment.Payload.Length} bytes");
        var end = segment.Sequence + (int)segment.Payload.Length;
        Require(end <= new SequenceNumber(record.Send.SndMax) || segment.Has(TcpFlags.Rst), "sent beyond SND.MAX");
        twins.Writes.Verify(
            segment.Payload.FirstSpan, segment.Sequence - new SequenceNumber(record.Send.Iss) - 1, "the sent stream");
        Require(segment.Payload.IsEmpty || end <= _permitted, $"sent to {end}, the peer permitted {_permitted}");
        if (!segment.Has(TcpFlags.Ack)) return;
        Require(_acknowledged is null || segment.Acknowledgment >= _acknowledged, "the acknowledgment moved back");
        _acknowledged = segment.Acknowledgment;

        if (segment.Has(TcpFlags.Syn)) return; // says no more than its field holds
        var edge = segment.Acknowledgment + (segment.Window << record.Negotiated.RcvWindScale);
        Require(_announced is null || edge > _announced - (1 << record.Negotiated.RcvWindScale),
            $"the announced right edge moved back from {_announced} to {edge}");
        _announced = Furthest(_announced, edge);
    }

    private static SequenceNumber Furthest(SequenceNumber? old, SequenceNumber found) =>
        old is { } known ? SequenceNumber.Max(known, found) : found;
}
