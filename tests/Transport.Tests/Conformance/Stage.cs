using System.Buffers;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>
/// A connection brought into a state by the segments that lead there. Where the state allows it, 50 bytes it sent are
/// acknowledged and 50 are not; its own FIN, where it sent one, is not acknowledged before FIN-WAIT-2.
/// </summary>
internal sealed class Stage
{
    private const uint PeerIss = 1000;
    private const uint Iss = 5000;
    private static readonly TcpSettings Settings = TcpSettings.Default with { MaximumSegmentPayload = 64 * 1024 };

    private readonly SimulatedReceiveQueue _receive = new(16 * 1024);
    private readonly TimeSpan _now = TimeSpan.FromSeconds(100);
    private SimulatedSendQueue _send = new(1 << 20);
    private TcpConnection _connection;
    private TcpEvents _events;

    public Stage(TcpState state, bool ipv6)
    {
        var (local, remote) = ipv6 ? ("fd00::2", "fd00::1") : ("10.0.0.2", "10.0.0.1");
        var flow = new FlowKey(new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), 40_000));
        _connection = state is TcpState.SynSent
            ? TcpConnection.Connect(flow, Settings, _send, _receive, new SequenceNumber(Iss), TimeSpan.Zero, _now)
            : TcpConnection.Accept(flow, Syn(), Settings, _send, _receive, new SequenceNumber(Iss), TimeSpan.Zero, _now);
        Output();
        if (state is not (TcpState.SynSent or TcpState.SynReceived)) Advance(state);
        Assert.Equal(state, _connection.State);
        _events = _connection.TakeEvents() & TcpEvents.None;
    }

    public TcpConnectionState Record => _connection.Export(ExportScope.Whole, _now);

    /// <summary>Moves the connection through its record into a new one.</summary>
    public void Migrate()
    {
        _events |= _connection.TakeEvents();
        var image = _connection.Capture(ExportScope.Whole, _now);
        _send = _send.Successor(image.Payload.Send.ToArray());
        _connection = TcpConnection.Import(image, Settings, _send, _receive, _now);
    }

    public Reaction Arrive(in TcpSegment segment, bool migrateBefore, bool migrateAfter)
    {
        if (migrateBefore) Migrate();
        var delivered = Record.Statistics.BytesReceived;
        _connection.OnSegment(segment, _now);
        if (migrateAfter) Migrate();
        var answers = Output();
        _events |= _connection.TakeEvents();
        var after = Record;
        if (answers.Count == 0 && after.Timers.DelayedAckTicksLeft >= 0)
            answers = [Show(TcpFlags.Ack, after.Send.SndMax, after.Receive.RcvNxt)];
        return new Reaction(
            after.Identity.State, string.Join(" ", answers), after.Statistics.BytesReceived - delivered,
            (int)after.Queues.OutOfOrderLengths.Sum(length => length),
            (int)(after.Send.SndUna - after.Send.Iss), _events.HasFlag(TcpEvents.Urgent));
    }

    public static string Show(TcpFlags flags, uint sequence, uint acknowledgment) => (flags & ~TcpFlags.Psh) switch
    {
        var shown when (shown & TcpFlags.Ack) == 0 => $"<SEQ={sequence}><CTL={shown}>",
        var shown => $"<SEQ={sequence}><ACK={acknowledgment}><CTL={shown}>",
    };

    private void Advance(TcpState state)
    {
        Arrive(TcpFlags.Ack, PeerIss + 1, Iss + 1);
        _send.Write(new byte[100]);
        if (state is TcpState.CloseWait or TcpState.LastAck) Arrive(TcpFlags.Ack | TcpFlags.Fin, PeerIss + 1, Iss + 1);
        if (state is not (TcpState.Established or TcpState.CloseWait)) _send.Complete();
        _connection.OnApplicationWrote(_now);
        Output();
        var acknowledged = state is TcpState.FinWait2 or TcpState.TimeWait ? Iss + 102 : Iss + 51;
        Arrive(TcpFlags.Ack, PeerIss + (state is TcpState.CloseWait or TcpState.LastAck ? 2u : 1u), acknowledged);
        if (state is TcpState.Closing or TcpState.TimeWait) Arrive(TcpFlags.Ack | TcpFlags.Fin, PeerIss + 1, acknowledged);
    }

    private void Arrive(TcpFlags flags, uint sequence, uint acknowledgment)
    {
        var segment = Syn() with
        {
            Flags = flags,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
        };
        _connection.OnSegment(segment, _now);
        Output();
    }

    private List<string> Output()
    {
        var answers = new List<string>();
        while (_connection.TryTransmit(_now, out var segment))
            answers.Add(Show(segment.Flags, segment.Sequence.Value, segment.Acknowledgment.Value));
        return answers;
    }

    private static TcpSegment Syn() => new()
    {
        Flags = TcpFlags.Syn,
        Sequence = new SequenceNumber(PeerIss),
        Window = 8_000,
        Options = new TcpOptions
        {
            MaximumSegmentSize = 1460,
            HasWindowScale = true,
            HasTimestamps = true,
            TimestampValue = 2_000,
        },
    };
}
