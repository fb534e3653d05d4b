using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation.Shared;

/// <summary>
/// Any number of flows under one virtual clock over one bottleneck, whose fate the path models of the in-memory wire and the path
/// emulator decide. Everything that happens follows from the settings.
/// </summary>
public sealed class SharedPathSimulation
{
    private readonly SharedPathSettings _settings;
    private readonly PathModel _forward;
    private readonly PathModel _backward;
    private readonly PriorityQueue<Arrival, (TimeSpan At, long Order)> _wire = new();

    /// <summary>Ticks at which each flow wants to run next without a segment that arrives: to start, or for a timer.</summary>
    private readonly long[] _due;
    private long _order;

    public SharedPathSimulation(SharedPathSettings settings)
    {
        _settings = settings;
        _forward = new PathModel(settings.Forward, settings.Seed);
        _backward = new PathModel(settings.Backward, settings.Seed + 1_000_000);
        Flows = [.. settings.Flows.Select((congestion, number) => new SharedPathFlow(number, congestion, settings))];
        _due = new long[Flows.Count];
    }

    public IReadOnlyList<SharedPathFlow> Flows { get; }

    public TimeSpan Now { get; private set; }

    public WireStatistics Forward => _forward.Statistics;

    /// <summary>
    /// Called after every input to an end, the sending one or not, and before it transmits: the place for moves.
    /// </summary>
    public Action<SharedPathFlow, bool, TimeSpan>? AfterInput { get; set; }

    /// <summary>Told of every segment that is sent, by its sending end or not.</summary>
    public Action<SharedPathFlow, bool, TcpSegment, TimeSpan>? Sent { get; set; }

    /// <summary>Runs to <paramref name="end"/>, or until nothing is left to happen.</summary>
    public void RunTo(TimeSpan end)
    {
        foreach (var flow in Flows) NoteDue(flow);
        while (NextEvent() is { } next && next <= end)
        {
            if (next > Now) Now = next;
            Step();
        }

        if (end > Now) Now = end;
    }

    private void Step()
    {
        if (_wire.TryPeek(out var arrival, out var due) && due.At <= Now)
        {
            _wire.Dequeue();
            arrival.Flow.Arrive(arrival.ToSender, arrival.Segment, Now);
            Settle(arrival.Flow, arrival.ToSender);
            return;
        }

        foreach (var flow in Flows)
        {
            if (flow.Sender is null && flow.Start <= Now)
            {
                flow.Open(Now);
                Settle(flow, isSender: true);
            }

            RunTimer(flow, isSender: true);
            RunTimer(flow, isSender: false);
        }
    }

    private void RunTimer(SharedPathFlow flow, bool isSender)
    {
        if (flow[isSender] is not { } connection || !(connection.NextDeadline <= Now)) return;
        connection.OnTimer(Now);
        Settle(flow, isSender);
    }

    private TimeSpan? NextEvent()
    {
        var arrival = _wire.TryPeek(out _, out var due) ? due.At.Ticks : long.MaxValue;
        var next = Math.Min(arrival, _due.Min());
        return next == long.MaxValue ? null : TimeSpan.FromTicks(next);
    }

    private void NoteDue(SharedPathFlow flow)
    {
        var due = flow.Sender is null ? flow.Start : flow.Sender.NextDeadline ?? TimeSpan.MaxValue;
        if (flow.Receiver?.NextDeadline is { } receiver && receiver < due) due = receiver;
        _due[flow.Number] = due.Ticks;
    }

    private void Settle(SharedPathFlow flow, bool isSender)
    {
        if (flow[isSender] is null) return;
        AfterInput?.Invoke(flow, isSender, Now);
        flow[isSender]!.TakeEvents();
        flow[isSender]!.OnApplicationWrote(Now);
        while (flow[isSender]!.TryTransmit(Now, out var segment)) Transmit(flow, isSender, segment);
        flow[isSender]!.OnBurstEnd(Now);
        NoteDue(flow);
    }

    private void Transmit(SharedPathFlow flow, bool isSender, in OutboundSegment outbound)
    {
        var cutter = new SegmentCutter(outbound);
        while (cutter.TryNext(out var cut)) Carry(flow, isSender, cut);
    }

    private void Carry(SharedPathFlow flow, bool isSender, in OutboundSegment cut)
    {
        Span<byte> headers = stackalloc byte[PacketWriter.MaximumHeader];
        var length = PacketWriter.WriteHeaders(headers, cut, ChecksumMode.Partial) + (int)cut.Payload.Length;
        var ecn = (EcnCodepoint)(cut.TrafficClass & 3);
        var segment = new TcpSegment
        {
            Sequence = cut.Sequence,
            Acknowledgment = cut.Acknowledgment,
            Flags = cut.Flags,
            Window = cut.Window,
            Options = cut.Options,
            Ecn = ecn,
            Payload = cut.Payload.First,
        };
        Sent?.Invoke(flow, isSender, segment, Now);
        var fate = (isSender ? _forward : _backward).Offer(length, ecn, Now);
        if (!fate.IsDelivered) return;
        if (fate.IsMarked) segment.Ecn = EcnCodepoint.CongestionExperienced;
        var copies = fate.IsDuplicated ? 2 : 1;
        for (var copy = 0; copy < copies; copy++) _wire.Enqueue(new Arrival(flow, !isSender, segment), (fate.At, _order++));
    }

    /// <summary>A reference: the queue moves its elements about, and a segment is large.</summary>
    private sealed record Arrival(SharedPathFlow Flow, bool ToSender, TcpSegment Segment);

    public override string ToString() =>
        $"{_settings} seed {_settings.Seed}: {string.Join(", ", Flows.Select(flow => flow.Received))}";
}
