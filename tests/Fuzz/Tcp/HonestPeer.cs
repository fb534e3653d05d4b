using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>
/// What ends a program: the peer takes what the connection sends, sends what it still owes, and both close. Whatever happened
/// before, every byte comes through, and the connection ends.
/// </summary>
internal sealed class HonestPeer
{
    /// <summary>Rounds without any progress: more than a connection has timeouts.</summary>
    private const int Patience = 200;

    private const int SegmentLength = 1_000;

    private static readonly SequenceNumber Iss = new(77_000);

    private readonly Twins _twins;
    private readonly Pattern _text;
    private TimeSpan _now;
    private SequenceNumber _next;
    private readonly SequenceNumber _fin;
    private SequenceNumber _expected;
    private SequenceNumber _edge;
    private readonly bool _wasLeftAlone;
    private bool _finTaken;
    private bool _mustAnswer = true;
    private bool _waits;

    public HonestPeer(Twins twins, Pattern text, TimeSpan now)
    {
        (_twins, _text, _now) = (twins, text, now);
        var record = twins.Record;
        _expected = new SequenceNumber(
            record.Identity.State is TcpState.SynSent or TcpState.SynReceived ? record.Send.SndMax : record.Send.SndUna);
        _next = record.Identity.State is TcpState.SynSent ? Iss : new SequenceNumber(record.Receive.RcvNxt);
        _edge = new SequenceNumber(record.Receive.RcvWup) + record.Receive.RcvWnd;
        _fin = LastNumber(record);
        _wasLeftAlone = Neglect.IsPossible(record);
    }

    private bool IsOver => _twins.State is TcpState.Closed or TcpState.TimeWait;

    /// <summary>A connection that nobody reads may be reset, one that was left alone may give up.</summary>
    private bool MayFail => _twins.Still.Receive.IsAbandoned || _wasLeftAlone;

    /// <summary>The peer said things that cannot all be so: that its stream ends, and that it goes on.</summary>
    private bool ContradictsItself => SequenceNumber.Max(new SequenceNumber(_twins.Record.Send.SndWl1), OutOfOrderEnd) > _fin;

    private SequenceNumber OutOfOrderEnd
    {
        get
        {
            var whole = _twins.Connection.Export(ExportScope.Whole, _now);
            var queues = whole.Queues;
            return queues.OutOfOrderLengths.Length == 0
                ? _next
                : new SequenceNumber(queues.OutOfOrderSequences[^1]) + queues.OutOfOrderLengths[^1];
        }
    }

    public void Finish()
    {
        if (IsOver || ContradictsItself) return;
        Step(side => side.Close(_now));
        var idle = 0;
        while (!IsOver)
        {
            var before = (_expected, _next, _twins.Record.Receive.RcvNxt, _twins.Record.Send.SndMax, _twins.State);
            Round();
            idle = before == (_expected, _next, _twins.Record.Receive.RcvNxt, _twins.Record.Send.SndMax, _twins.State)
                ? idle + 1
                : 0;
            Require(idle < Patience,
                $"the connection hangs in {_twins.State}: the peer expects {_expected}, SND.MAX {_twins.Record.Send.SndMax}");
        }

        if (_twins.Connection.Error is { } error)
        {
            Require(MayFail, $"an honest peer was given up: {error.Message}");
            return;
        }

        CheckBytes();
    }

    /// <summary>Where the peer's FIN stands: where it already said, else where the window ends that it was offered.</summary>
    private SequenceNumber LastNumber(TcpConnectionState record)
    {
        if (record.Identity.State is TcpState.SynSent) return Iss + 1;
        if (record.Receive.FinReceived) return _next;
        if (record.Receive.HasPendingFin && new SequenceNumber(record.Receive.PendingFin) >= _next)
            return new SequenceNumber(record.Receive.PendingFin);

        // The window is taken only from segments at least as new as the one that told the last; what came beyond a gap is part of
        // the stream.
        return SequenceNumber.Max(OutOfOrderEnd, SequenceNumber.Max(_next, new SequenceNumber(record.Send.SndWl1)));
    }

    private void Round()
    {
        Step(side => side.Read(int.MaxValue / 2, _now));
        if (_mustAnswer || (CanSend && !_waits))
        {
            (_mustAnswer, _waits) = (false, true);
            var segment = Compose();
            Step(side => side.Connection.OnSegment(segment, _now));
        }
        else
        {
            var due = _twins.NextDeadline;
            Require(due is not null, $"the connection waits in {_twins.State} and has no timer");
            if (due > _now) _now = due.Value;
            _twins.OnTimer(_now);
            Take();
            _waits = false;
        }
    }

    private bool CanSend =>
        _twins.State is not TcpState.SynSent && !_twins.Record.Receive.FinReceived && _next <= _fin && _edge > _next;

    private TcpSegment Compose()
    {
        if (_twins.State is TcpState.SynSent) return Syn();
        var length = _twins.Record.Receive.FinReceived ? 0 : Math.Clamp(Math.Min(_fin - _next, _edge - _next), 0, SegmentLength);
        var isLast = !_twins.Record.Receive.FinReceived && _next + length == _fin && _edge > _fin;
        return Answer(_next, length, isLast ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack);
    }

    private TcpSegment Syn()
    {
        var syn = Answer(Iss, 0, TcpFlags.Syn | TcpFlags.Ack);
        syn.Options.MaximumSegmentSize = 1460;
        return syn;
    }

    private TcpSegment Answer(SequenceNumber sequence, int length, TcpFlags flags)
    {
        var record = _twins.Record;
        var segment = new TcpSegment { Sequence = sequence, Acknowledgment = _expected, Flags = flags, Window = ushort.MaxValue };
        segment.Options.HasTimestamps = record.Negotiated.Timestamps;
        segment.Options.TimestampValue = record.Timestamps.TsRecent + 1;
        segment.Options.TimestampEcho = (uint)(record.Timestamps.ClockTicks / TimeSpan.TicksPerMillisecond);
        segment.Payload = _text.Slice(sequence - new SequenceNumber(record.Receive.Irs) - 1, length);
        return segment;
    }

    private void Step(Action<Side> input)
    {
        _twins.Step(input, _now);
        Take();
    }

    /// <summary>What the connection sent arrives, in order.</summary>
    private void Take()
    {
        foreach (var segment in _twins.Output)
        {
            _waits = false;
            if (segment.Has(TcpFlags.Rst)) continue;
            if (segment.Has(TcpFlags.Syn) && _expected == segment.Sequence) _expected += 1;
            var end = segment.Sequence + (int)segment.Payload.Length;
            if (segment.Sequence <= _expected && end > _expected) _expected = end;
            if (segment.Has(TcpFlags.Fin) && end == _expected && !_finTaken)
            {
                _finTaken = true;
                _expected += 1;
            }

            if (!segment.Has(TcpFlags.Ack)) continue;
            _next = SequenceNumber.Max(_next, segment.Acknowledgment);
            _edge = segment.Acknowledgment
                + (segment.Window << (segment.Has(TcpFlags.Syn) ? 0 : _twins.Record.Negotiated.RcvWindScale));
            _mustAnswer |= segment.Payload.Length > 0 || segment.Has(TcpFlags.Fin) || segment.Has(TcpFlags.Syn)
                || segment.Sequence < _expected;
        }
    }

    private void CheckBytes()
    {
        var send = _twins.Still.Send;
        Require(send.Length == 0 && send.Acknowledged == send.Written, $"{send.Length} of {send.Written} bytes never arrived");
        var received = _twins.Still.Receive;
        Require(received.IsCompleted, "the peer's FIN was not taken");
    }
}
