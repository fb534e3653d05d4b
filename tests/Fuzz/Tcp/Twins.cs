using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>
/// The same connection twice: one stays what it is, the other moves. Both get the same inputs, and must do the very same. What
/// each step must leave true is in <see cref="ConnectionInvariants"/>.
/// </summary>
internal sealed class Twins(FuzzSettings settings, Pattern writes, Pattern reads)
{
    /// <summary>More segments than any input may cause: the largest queue in the smallest segments.</summary>
    private const int EndlessOutput = 50_000;

    private readonly Side _moved = new(settings, writes, reads);
    private ConnectionInvariants? _invariants;

    /// <summary>What the application writes.</summary>
    public Pattern Writes => writes;

    public Side Still { get; } = new(settings, writes, reads);

    public TcpConnection Connection => Still.Connection;

    public TcpState State => Still.Connection.State;

    public TcpEvents Events { get; private set; }

    /// <summary>What the last step sent.</summary>
    public List<OutboundSegment> Output { get; } = [];

    /// <summary>The record of the still one after the last step, without bytes.</summary>
    public TcpConnectionState Record { get; private set; } = new();

    public TimeSpan? NextDeadline => Still.Connection.NextDeadline;

    /// <summary>An input to both, and all that comes of it.</summary>
    public void Step(Action<Side> input, TimeSpan now)
    {
        input(Still);
        input(_moved);
        TakeEvents();
        if (settings.MovesAlways && State is not TcpState.Closed) _moved.MoveQuickly(now);
        Drain(now);
        TakeEvents();
        Record = Still.Connection.Export(ExportScope.Bare, now);
        _invariants ??= new ConnectionInvariants(this);
        _invariants.Check();
        CheckSame(now);
        if (settings.MovesAlways && State is not TcpState.Closed) _moved.MoveQuickly(now);
    }

    /// <summary>Moves the other twin, where there is something to move.</summary>
    public void Move(TimeSpan now)
    {
        if (State is TcpState.Closed) return;
        _moved.Move(now);
        CheckSame(now);
    }

    public void OnTimer(TimeSpan now)
    {
        Step(side => side.Connection.OnTimer(now), now);
        Require(NextDeadline is null || NextDeadline > now, "a timer that fired is still due: the host would fire it for ever");
    }

    private void Drain(TimeSpan now)
    {
        Output.Clear();
        while (Still.Connection.TryTransmit(now, out var segment))
        {
            var isSent = _moved.Connection.TryTransmit(now, out var other);
            Require(isSent && AreEqual(segment, other),
                $"never moved: {Show(segment)}; moved: {(isSent ? Show(other) : "nothing")}; "
                    + $"{Still.DifferenceFrom(_moved, now)}");
            Output.Add(segment);
            Require(Output.Count < EndlessOutput, "the output does not end");
        }

        Require(!_moved.Connection.TryTransmit(now, out var extra), $"only the one that moved sends {Show(extra)}");
        Still.Connection.OnBurstEnd(now);
        _moved.Connection.OnBurstEnd(now);
    }

    private void TakeEvents()
    {
        var (still, moved) = (Still.Connection.TakeEvents(), _moved.Connection.TakeEvents());
        Require(still == moved, $"events never moved: {still}; moved: {moved}");
        Events |= still;
    }

    private void CheckSame(TimeSpan now)
    {
        Require(State == _moved.Connection.State, $"state never moved: {State}; moved: {_moved.Connection.State}");
        Require(Due(Still) == Due(_moved), $"next deadline never moved: {Due(Still)}; moved: {Due(_moved)}; now {now}");
        Require(Still.Receive.Delivered == _moved.Receive.Delivered && Still.Receive.Limit == _moved.Receive.Limit,
            "received unlike amounts");
        Require(Still.Receive.IsCompleted == _moved.Receive.IsCompleted, "only one of them completed the received stream");

        TimeSpan? Due(Side side) => side.Connection.NextDeadline is { } due && due < now ? now : side.Connection.NextDeadline;
    }

    private static bool AreEqual(in OutboundSegment left, in OutboundSegment right) =>
        left.Sequence == right.Sequence && left.Acknowledgment == right.Acknowledgment && left.Flags == right.Flags
            && left.Window == right.Window
        && left.Payload.Length == right.Payload.Length && left.MaximumPayload == right.MaximumPayload
        && left.TrafficClass == right.TrafficClass && left.HopLimit == right.HopLimit && AreEqual(left.Options, right.Options);

    private static bool AreEqual(in TcpOptions left, in TcpOptions right) =>
        left.HasTimestamps == right.HasTimestamps && left.TimestampValue == right.TimestampValue
            && left.TimestampEcho == right.TimestampEcho
        && left.MaximumSegmentSize == right.MaximumSegmentSize && left.WindowScale == right.WindowScale
        && ((ReadOnlySpan<SackBlock>)left.Sack)[..left.SackCount].SequenceEqual(
            ((ReadOnlySpan<SackBlock>)right.Sack)[..right.SackCount]);

    private static string Show(in OutboundSegment segment) =>
        $"{segment.Flags} seq {segment.Sequence} len {segment.Payload.Length} ack {segment.Acknowledgment} win {segment.Window}"
        + $" ts {segment.Options.TimestampValue}/{segment.Options.TimestampEcho} sack {segment.Options.SackCount} max "
        + $"{segment.MaximumPayload}";
}
