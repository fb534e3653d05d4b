using ActorStack.CommandLine.Bench.Drills;
using ActorStack.Tests.Common.Arrivals;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>One connection played segment by segment against a service, with what is known of it from outside.</summary>
internal sealed class ArrivalFlow(AttackLink link, ArrivalCell cell, FlowKey flow)
{
    private static readonly byte[] Text = new byte[ArrivalSegment.TextLength];

    private readonly SequenceNumber _iss = new(0x7000_0000u + flow.Local.Port);
    private readonly List<string> _answers = [];
    private SequenceNumber _next = new(0x7000_0000u + flow.Local.Port);
    private uint _timestamp = 1_000_000;
    private uint _echo;
    private SequenceNumber? _serverIss;
    private SequenceNumber _serverNext;
    private SequenceNumber _acknowledged;
    private SequenceNumber _expectedByServer;
    private SequenceNumber _rightEdge;
    private SequenceNumber? _serverFin;
    private SequenceNumber _tested;
    private SequenceNumber _testedEnd;
    private bool _isTested;

    public ArrivalCell Cell => cell;

    public FlowKey Flow => flow;

    /// <summary>What came back for the segment, in the RFC's notation; sequence numbers count from each side's first.</summary>
    public string Answer => string.Join(" ", _answers);

    private bool IsConnected => _serverIss is not null;

    private bool HasFin => _serverFin is not null;

    private bool IsAllAcknowledged => IsConnected && _expectedByServer == _next;

    /// <summary>The steps into the state: what to send, and what must have come back before the next.</summary>
    public IEnumerable<(Action Send, Func<bool> IsDone)> Steps()
    {
        if (cell.State <= ArrivalState.Listen) yield break;
        yield return (SendSyn, () => IsConnected);
        if (cell.State is ArrivalState.SynReceived) yield break;
        yield return (Acknowledge, () => true);
        if (cell.State is ArrivalState.Established) yield break;
        if (cell.State is ArrivalState.CloseWait or ArrivalState.LastAck)
        {
            yield return (SendFin, () => IsAllAcknowledged && HasFin == cell.State is ArrivalState.LastAck);
            yield break;
        }

        yield return (SendByte, () => IsAllAcknowledged && HasFin);
        if (cell.State is ArrivalState.FinWait2 or ArrivalState.TimeWait) yield return (Acknowledge, () => true);
        if (cell.State is ArrivalState.Closing or ArrivalState.TimeWait) yield return (SendFin, () => IsAllAcknowledged);
    }

    /// <summary>The segment that the case is about.</summary>
    public void Test()
    {
        _isTested = true;
        _tested = AcknowledgmentToTest();
        var place = Place();
        _testedEnd = place + cell.Length;
        if (cell.HasTimestamps) _timestamp = (uint)(_timestamp + cell.Age);
        Send(cell.Flags, place, _tested, cell.Text);
    }

    /// <summary>Nothing of it is left at the service.</summary>
    public void End() => Send(TcpFlags.Rst, _expectedByServer, default);

    public void OnSegment(in TcpSegment segment)
    {
        if (segment.Options.HasTimestamps) _echo = segment.Options.TimestampValue;
        if (segment.Has(TcpFlags.Rst))
        {
            if (_isTested) _answers.Add(Show(segment));
            return;
        }

        if (segment.Has(TcpFlags.Syn)) _serverIss ??= segment.Sequence;
        if (_isTested && !IsRepeatedFin(segment)) _answers.Add(Show(segment));
        if (segment.Has(TcpFlags.Fin)) _serverFin = segment.End - 1;
        _serverNext = _serverNext == default ? segment.End : SequenceNumber.Max(_serverNext, segment.End);
        _expectedByServer = segment.Acknowledgment;
        var edge = segment.Acknowledgment + segment.Window;
        _rightEdge = _rightEdge == default ? edge : SequenceNumber.Max(_rightEdge, edge);
    }

    /// <summary>Its timer, not the segment, sent it.</summary>
    private bool IsRepeatedFin(in TcpSegment segment) => segment.Has(TcpFlags.Fin) && _serverFin == segment.End - 1;

    private void SendSyn()
    {
        Link(TcpFlags.Syn, _iss, default, options: new TcpOptions { MaximumSegmentSize = AttackLink.Mss });
        _next = _iss + 1;
    }

    private void Acknowledge()
    {
        _acknowledged = _serverNext;
        Send(TcpFlags.Ack, _next, _acknowledged);
    }

    private void SendByte()
    {
        Send(TcpFlags.Ack | TcpFlags.Psh, _next, _acknowledged, 1);
        _next += 1;
    }

    private void SendFin()
    {
        Send(TcpFlags.Fin | TcpFlags.Ack, _next, _acknowledged);
        _next += 1;
    }

    private SequenceNumber Place()
    {
        var length = Math.Max(1, cell.Length);
        return cell.Position switch
        {
            ArrivalPosition.LeftEdge => _next,
            ArrivalPosition.RightEdge => _rightEdge - length,
            ArrivalPosition.OutsideLeft => _next - length,
            ArrivalPosition.OutsideRight => _rightEdge + 1,
            ArrivalPosition.StraddlingLeft => _next - ArrivalSegment.TextLength / 2,
            _ => _rightEdge - ArrivalSegment.TextLength / 2,
        };
    }

    private SequenceNumber AcknowledgmentToTest()
    {
        if (!IsConnected) return new SequenceNumber(4711);
        var una = cell.State is ArrivalState.SynReceived ? _serverIss!.Value : _acknowledged;
        return cell.Kind switch
        {
            ArrivalKind.AckDuplicate => una,
            ArrivalKind.AckOld => una - 1,
            ArrivalKind.AckFuture => _serverNext + 1,
            ArrivalKind.AckNew or ArrivalKind.SynAck => _serverNext,
            _ => cell.State is ArrivalState.SynReceived ? _serverNext : una,
        };
    }

    private void Send(TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment, int length = 0) =>
        Link(flags, sequence, (flags & TcpFlags.Ack) != 0 ? acknowledgment : default, Text.AsMemory(0, length));

    private void Link(
        TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment, ReadOnlyMemory<byte> payload = default,
        TcpOptions options = default) =>
        link.Send(
            flow, flags, sequence, acknowledgment, payload: payload,
            options: options with { HasTimestamps = cell.HasTimestamps, TimestampValue = _timestamp, TimestampEcho = _echo });

    private string Show(in TcpSegment segment)
    {
        var flags = segment.Flags & ~(TcpFlags.Psh | TcpFlags.Ece | TcpFlags.Cwr);
        var sequence = segment.Sequence - (_serverIss ?? (segment.Has(TcpFlags.Rst | TcpFlags.Ack) ? default : _tested));
        if (!segment.Has(TcpFlags.Ack)) return $"<SEQ={sequence}><CTL={flags}>";
        var window = segment.Has(TcpFlags.Rst) ? "" : segment.Window > 0 ? "<WND>" : "<WND=0>";
        var acknowledgment = segment.Acknowledgment == _testedEnd && cell.Length > 0
            ? "SEG.SEQ+SEG.LEN"
            : $"{segment.Acknowledgment - _iss}";
        return $"<SEQ={sequence}><ACK={acknowledgment}><CTL={flags}>{window}";
    }
}
