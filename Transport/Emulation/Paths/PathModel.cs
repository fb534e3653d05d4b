using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// One direction of a path, sans-IO: tells of every packet when it arrives, if it does. The same packets at the same times meet
/// the same fate under the same seed. Start with <see cref="Offer"/>; who carries the packets is the <see cref="WireDirection"/>
/// in virtual time and the <see cref="DelayLine"/> of the path emulator.
/// </summary>
internal sealed class PathModel(WireImpairments impairments, int seed)
{
    private readonly Random _random = new(seed);
    private readonly BottleneckQueue _queue = new();
    private WireImpairments _impairments = impairments;
    private TimeSpan _lastInOrder;
    private bool _inBurst;
    private long _sent;
    private long _lost;
    private long _queueDrops;
    private long _reordered;
    private long _duplicated;
    private long _corrupted;
    private long _marked;

    /// <summary>May be changed at any time, by any thread; what was decided stays.</summary>
    public WireImpairments Impairments
    {
        get => Volatile.Read(ref _impairments);
        set => Volatile.Write(ref _impairments, value);
    }

    public WireStatistics Statistics => new(
        _sent, _lost, _queueDrops, CapacityDrops: 0, _reordered, _duplicated, _corrupted, _marked, _queue.MaximumBytes,
        _queue.MaximumPackets);

    /// <summary>
    /// Decides on a packet of <paramref name="length"/> bytes, IP header included. Time never runs back from call to call.
    /// </summary>
    public PathFate Offer(int length, EcnCodepoint ecn, TimeSpan now)
    {
        var settings = Impairments;
        _sent++;

        // Every packet takes the same number of draws, so that one impairment does not shift the luck of another.
        var (isLost, corruption, duplication) = (DrawLoss(settings), _random.NextDouble(), _random.NextDouble());
        var (reordering, jitter) = (_random.NextDouble(), _random.NextDouble());
        if (!_queue.TryPass(length, settings, now, out var departure, out var isAboveThreshold))
        {
            _queueDrops++;
            return PathFate.QueueDropped;
        }

        if (isLost)
        {
            _lost++;
            return PathFate.Lost;
        }

        var fate = new PathFate(
            PathOutcome.Delivered,
            Arrival(settings, departure, jitter),
            IsReordered: reordering < settings.Reordering,
            IsMarked: isAboveThreshold && ecn is (EcnCodepoint.Ect0 or EcnCodepoint.Ect1),
            IsDuplicated: duplication < settings.Duplication,
            CorruptBit: corruption < settings.Corruption ? (int)(corruption / settings.Corruption * length * 8) : -1);
        if (fate.IsReordered) fate = fate with { At = fate.At + settings.ReorderDelay };
        else if (fate.At > _lastInOrder) _lastInOrder = fate.At;
        Count(fate);
        return fate;
    }

    /// <summary>
    /// Two states (Gilbert 1960, Elliott 1963): bursts come and go packet by packet, and each state has its own chance of loss. A
    /// burst that ends may be followed by another at once.
    /// </summary>
    private bool DrawLoss(WireImpairments settings)
    {
        var (state, loss) = (_random.NextDouble(), _random.NextDouble());
        var stays = _inBurst ? 1 - 1 / settings.BurstLength : 0;
        _inBurst = state < stays + (1 - stays) * settings.BurstStart;
        return loss < (_inBurst ? settings.BurstLoss : settings.Loss);
    }

    private TimeSpan Arrival(WireImpairments settings, TimeSpan departure, double jitter)
    {
        var arrival = departure + settings.Delay + settings.Jitter * jitter;
        return arrival < _lastInOrder && !settings.JitterReorders ? _lastInOrder : arrival;
    }

    private void Count(in PathFate fate)
    {
        if (fate.IsReordered) _reordered++;
        if (fate.IsMarked) _marked++;
        if (fate.IsDuplicated) _duplicated++;
        if (fate.CorruptBit >= 0) _corrupted++;
    }
}
