using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Tcp;

/// <summary>
/// Segments near the connection's own numbers, so that most of them mean something to it. The text is always that of the stream.
/// </summary>
internal sealed class SegmentComposer(FuzzInput input, Twins twins, Pattern text)
{
    /// <summary>Sent segments that are remembered.</summary>
    private const int Remembered = 64;

    private static readonly SequenceNumber PeerIss = new(uint.MaxValue - 2_000);

    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Ack | TcpFlags.Fin,
        TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Urg,
        TcpFlags.Ack | TcpFlags.Ece, TcpFlags.Ack | TcpFlags.Cwr, TcpFlags.None, TcpFlags.Fin,
    ];

    private readonly List<SackBlock> _sent = [];
    private ushort _window = ushort.MaxValue;

    private TcpConnectionState Record => twins.Record;

    private SequenceNumber SndUna => new(Record.Send.SndUna);

    private SequenceNumber SndMax => new(Record.Send.SndMax);

    private SequenceNumber RcvNxt =>
        Record.Identity.State is TcpState.SynSent ? PeerIss + 1 : new SequenceNumber(Record.Receive.RcvNxt);

    private SequenceNumber RightEdge => new SequenceNumber(Record.Receive.RcvWup) + Record.Receive.RcvWnd;

    public void NoteOutput()
    {
        foreach (var segment in twins.Output)
        {
            var size = segment.Payload.IsEmpty ? 0 : Math.Max(1, segment.MaximumPayload);
            for (var at = 0; at < segment.Payload.Length; at += size)
                _sent.Add(
                    new SackBlock(segment.Sequence + at, segment.Sequence + Math.Min(at + size, (int)segment.Payload.Length)));
        }

        if (_sent.Count > Remembered) _sent.RemoveRange(0, _sent.Count - Remembered);
    }

    public TcpSegment Syn()
    {
        var choice = input.Byte();
        return new TcpSegment
        {
            Flags = (choice & 1) != 0 ? TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.Syn,
            Sequence = PeerIss,
            Window = (choice & 2) != 0 ? (ushort)(choice * 8) : ushort.MaxValue,
            Options = SynOptions(choice),
        };
    }

    /// <summary>Everything is the fuzzer's, but in terms of the connection.</summary>
    public TcpSegment Arbitrary()
    {
        var (flags, bases) = (input.Byte(), input.Byte());
        var segment = new TcpSegment
        {
            Flags = (flags & 15) == 15 ? (TcpFlags)input.Byte() : Flags[flags & 15],
            Ecn = (EcnCodepoint)(flags >> 4 & 3),
            Sequence = Receiving(bases & 7),
            Acknowledgment = Sending(bases >> 3 & 7),
            Window = Announce(),
            SegmentSize = (flags & 64) != 0 ? (ushort)input.Byte() : (ushort)0,
        };
        if (segment.Has(TcpFlags.Syn)) segment.Options = SynOptions(input.Byte());
        if ((bases & 64) == 0) AddTimestamps(ref segment.Options, isStrange: (flags & 128) != 0);
        if ((bases & 128) != 0) AddSack(ref segment.Options);
        Fill(ref segment, input.Size());
        return segment;
    }

    public TcpSegment Text(int count) => Ordinary(TcpFlags.Ack, RcvNxt, SndMax, Math.Min(count, Math.Max(0, RightEdge - RcvNxt)));

    public TcpSegment TextBeyondGap(int gap) => Ordinary(TcpFlags.Ack, RcvNxt + (gap + 1) * 500, SndMax, input.Size());

    public TcpSegment Fin() => Ordinary(TcpFlags.Ack | TcpFlags.Fin, RcvNxt, SndUna, 0);

    public TcpSegment AcknowledgeAll()
    {
        if (Record.Identity.State is not TcpState.SynSent) return Ordinary(TcpFlags.Ack, RcvNxt, SndMax, 0);
        var answer = Syn();
        answer.Flags |= TcpFlags.Ack;
        answer.Acknowledgment = SndMax;
        return answer;
    }

    /// <summary>Acknowledges up to the end of a segment sent lately.</summary>
    public TcpSegment AcknowledgeSent(int index) =>
        Ordinary(TcpFlags.Ack, RcvNxt, index < _sent.Count ? _sent[index].Right : SndUna, 0);

    /// <summary>Reports segments sent lately, whole, as received beyond a gap.</summary>
    public TcpSegment SelectivelyAcknowledge(int count)
    {
        var segment = Ordinary(TcpFlags.Ack, RcvNxt, SndUna, 0);
        for (var block = 0; block < 1 + (count & 3) && _sent.Count > 0; block++)
        {
            var (first, length) = (input.Byte() % _sent.Count, input.Byte());
            var last = Math.Min(first + length % 8, _sent.Count - 1);
            segment.Options.Sack[segment.Options.SackCount++] = new SackBlock(_sent[first].Left, _sent[last].Right);
        }

        return segment;
    }

    public TcpSegment Window()
    {
        Announce();
        return Ordinary(TcpFlags.Ack, RcvNxt, SndUna, 0);
    }

    public IcmpMessage Icmp(in FlowKey flow)
    {
        var choice = input.Byte();
        var kind = (choice & 1) != 0 ? IcmpKind.PacketTooBig : (IcmpKind)(choice >> 1 & 7);
        var mtu = (choice & 16) != 0 ? (uint)input.Size() : input.Byte() * 8u;
        return new IcmpMessage(kind, Type: 3, (byte)(choice >> 5), mtu, QuotesTcp: true, flow, Sending(choice >> 1 & 7));
    }

    private TcpSegment Ordinary(TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment, int count)
    {
        var segment = new TcpSegment { Flags = flags, Sequence = sequence, Acknowledgment = acknowledgment, Window = _window };
        AddTimestamps(ref segment.Options, isStrange: false);
        Fill(ref segment, count);
        return segment;
    }

    private void Fill(ref TcpSegment segment, int count) =>
        segment.Payload = text.Slice(segment.PayloadStart - Origin(segment), Math.Min(count, 64 * 1024));

    /// <summary>The number of the stream's first byte. In SYN-SENT a SYN settles it.</summary>
    private SequenceNumber Origin(in TcpSegment segment)
    {
        var isOpening = Record.Identity.State is TcpState.SynSent;
        if (isOpening && segment.Has(TcpFlags.Syn)) return segment.PayloadStart;
        return isOpening ? PeerIss + 1 : new SequenceNumber(Record.Receive.Irs) + 1;
    }

    private ushort Announce()
    {
        var value = input.Byte();
        return _window = value < 16 ? value : (ushort)(value * 257);
    }

    private SequenceNumber Receiving(int choice) => choice switch
    {
        0 or 1 => RcvNxt,
        2 => RightEdge + input.Distance(),
        3 => new SequenceNumber(Record.Receive.Irs) + input.Distance(),
        4 => new SequenceNumber(input.UInt32()),
        5 => new SequenceNumber(Record.Receive.PendingFin) + input.Distance(),
        _ => RcvNxt + input.Distance(),
    };

    private SequenceNumber Sending(int choice) => choice switch
    {
        0 or 1 => SndMax,
        2 => SndUna,
        3 => SndMax + input.Distance(),
        4 => new SequenceNumber(input.UInt32()),
        5 => _sent.Count > 0 ? _sent[input.Byte() % _sent.Count].Right : SndUna,
        6 => new SequenceNumber(Record.Send.Iss) + input.Distance(),
        _ => SndUna + input.Distance(),
    };

    private static TcpOptions SynOptions(byte choice) => new()
    {
        MaximumSegmentSize = (choice & 3) switch { 0 => 1460, 1 => 0, 2 => 8_960, _ => 88 },
        SackPermitted = (choice & 4) == 0,
        HasWindowScale = (choice & 8) == 0,
        WindowScale = (byte)(choice >> 4 & 15),
        HasTimestamps = (choice & 16) == 0,
        TimestampValue = uint.MaxValue - 50,
    };

    private void AddTimestamps(ref TcpOptions options, bool isStrange)
    {
        if (!Record.Negotiated.Timestamps && !isStrange) return;
        options.HasTimestamps = true;
        options.TimestampValue = Record.Timestamps.TsRecent + (isStrange ? (uint)input.Distance() : 1);
        options.TimestampEcho = (uint)(Record.Timestamps.ClockTicks / TimeSpan.TicksPerMillisecond)
            - (isStrange ? (uint)input.Distance() : 1);
    }

    private void AddSack(ref TcpOptions options)
    {
        options.SackCount = (byte)(input.Byte() % (SackBlocks.Capacity + 1));
        for (var i = 0; i < options.SackCount; i++)
            options.Sack[i] = new SackBlock(Sending(input.Byte() & 7), Sending(input.Byte() & 7));
    }
}
