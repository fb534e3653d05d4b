using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// One direction of an <see cref="InMemoryWire"/>: what is on its way, and what becomes of it. Any thread may send, one receives and waits.
/// </summary>
internal sealed class WireDirection : IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<PacketInFlight, (TimeSpan At, long Order)> _inFlight = new();
    private readonly InMemoryWire _wire;
    private readonly ITimer? _timer;
    private readonly Random _random;
    private readonly int _capacity;
    private readonly bool _merges;
    private WireImpairments _impairments;
    private WireStatistics _statistics;
    private long _order;
    private long _bytesInFlight;
    private TimeSpan _lineFree;
    private TimeSpan _lastInOrder;
    private bool _inLossBurst;
    private bool _woken;
    private bool _isDisposed;

    public WireDirection(InMemoryWire wire, TimeProvider? clock, InMemoryWireOptions options, WireImpairments impairments, int seed)
    {
        _wire = wire;
        _impairments = impairments;
        _random = new Random(seed);
        _capacity = options.CapacityBytes;
        _merges = options.ReceiveMerging;
        _timer = clock?.CreateTimer(
            static direction => ((WireDirection)direction!).Pulse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public WireImpairments Impairments
    {
        get => Volatile.Read(ref _impairments);
        set => Volatile.Write(ref _impairments, value);
    }

    public WireStatistics Statistics
    {
        get
        {
            lock (_gate) return _statistics;
        }
    }

    public TimeSpan? NextDelivery
    {
        get
        {
            lock (_gate) return _inFlight.TryPeek(out _, out var due) ? due.At : null;
        }
    }

    /// <summary>
    /// Takes a packet in an array of the shared pool. False, and the array stays the caller's, where there is no room; a packet that the wire
    /// loses is taken.
    /// </summary>
    public bool TryCarry(byte[] packet, int length)
    {
        lock (_gate)
        {
            if (_isDisposed) return false;
            _statistics = _statistics with { Sent = _statistics.Sent + 1 };
            if (_bytesInFlight + length > _capacity)
            {
                _statistics = _statistics with { CapacityDrops = _statistics.CapacityDrops + 1 };
                return false;
            }

            if (!TryQueue(length, out var departure))
            {
                _statistics = _statistics with { QueueDrops = _statistics.QueueDrops + 1 };
                return false;
            }

            Impair(packet, length, departure);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Gives the next packet that has arrived, and merges those behind it where they belong to it.</summary>
    public bool TryReceive(out LinkFrame frame)
    {
        frame = default;
        lock (_gate)
        {
            var now = _wire.Now;
            if (!TryPeekDue(now, out var packet)) return false;

            var buffer = FrameBuffer.Rent();
            packet.Span.CopyTo(buffer.Bytes);
            Take();
            frame = new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0);
            if (!_merges || !SegmentMerger.TryStart(buffer.Bytes, packet.Length, out var merger)) return true;

            while (TryPeekDue(now, out var next) && merger.TryAppend(next.Memory)) Take();
            frame = frame with { Length = merger.Finish(), ChecksumVerified = true, SegmentSize = merger.SegmentSize };
            return true;
        }
    }

    public void Wait(TimeSpan timeout)
    {
        lock (_gate)
        {
            var start = _wire.Now;
            var isForever = timeout == Timeout.InfiniteTimeSpan || timeout > TimeSpan.MaxValue - start;
            var deadline = isForever ? TimeSpan.MaxValue : start + timeout;
            while (!_woken && !_isDisposed)
            {
                var due = _inFlight.TryPeek(out _, out var next) && next.At < deadline ? next.At : deadline;
                if (_timer is not null && due != TimeSpan.MaxValue) Arm(_timer, due - _wire.Now);
                if (_wire.Now >= due) break;
                Monitor.Wait(_gate);
            }

            _woken = false;
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets <see cref="Wait"/> look again.</summary>
    public void Pulse()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            while (_inFlight.Count > 0) Take();
            Monitor.PulseAll(_gate);
        }

        _timer?.Dispose();
    }

    /// <summary>A line of limited speed: when the packet has left it; false where the queue before it is full.</summary>
    private bool TryQueue(int length, out TimeSpan departure)
    {
        departure = _wire.Now;
        var speed = Impairments.BytesPerSecond;
        if (speed == 0) return true;

        var start = _lineFree > departure ? _lineFree : departure;
        var waiting = (start - departure).TotalSeconds * speed;
        if (waiting + length > Impairments.QueueBytes) return false;
        departure = _lineFree = start + TimeSpan.FromSeconds((double)length / speed);
        return true;
    }

    /// <summary>Every packet takes the same number of draws, so that one impairment does not shift the luck of another.</summary>
    private void Impair(byte[] packet, int length, TimeSpan departure)
    {
        var impairments = Impairments;
        var (loss, corruption, duplication) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        var (reordering, jitter) = (_random.NextDouble(), _random.NextDouble());

        // A burst that ends may be followed by another at once: a loss of 1 loses everything.
        var stays = _inLossBurst ? 1 - 1 / impairments.LossBurst : 0;
        _inLossBurst = loss < stays + (1 - stays) * impairments.Loss;
        if (_inLossBurst)
        {
            _statistics = _statistics with { Lost = _statistics.Lost + 1 };
            ArrayPool<byte>.Shared.Return(packet);
            return;
        }

        if (corruption < impairments.Corruption) FlipBit(packet.AsSpan(0, length), corruption / impairments.Corruption);

        var arrival = departure + impairments.Delay + impairments.Jitter * jitter;
        if (arrival < _lastInOrder) arrival = _lastInOrder;
        if (reordering < impairments.Reordering)
        {
            _statistics = _statistics with { Reordered = _statistics.Reordered + 1 };
            arrival += impairments.ReorderDelay;
        }
        else
        {
            _lastInOrder = arrival;
        }

        Enqueue(new PacketInFlight(packet, length), arrival);
        if (duplication < impairments.Duplication) Duplicate(packet.AsSpan(0, length), arrival);
    }

    private void FlipBit(Span<byte> packet, double place)
    {
        _statistics = _statistics with { Corrupted = _statistics.Corrupted + 1 };
        var bit = (int)(place * packet.Length * 8);
        packet[bit / 8] ^= (byte)(1 << (bit % 8));
    }

    private void Duplicate(ReadOnlySpan<byte> packet, TimeSpan arrival)
    {
        _statistics = _statistics with { Duplicated = _statistics.Duplicated + 1 };
        var copy = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(copy);
        Enqueue(new PacketInFlight(copy, packet.Length), arrival);
    }

    private void Enqueue(PacketInFlight packet, TimeSpan arrival)
    {
        _bytesInFlight += packet.Length;
        _inFlight.Enqueue(packet, (arrival, _order++));
    }

    private bool TryPeekDue(TimeSpan now, out PacketInFlight packet) => _inFlight.TryPeek(out packet, out var due) && due.At <= now;

    private void Take()
    {
        var packet = _inFlight.Dequeue();
        _bytesInFlight -= packet.Length;
        ArrayPool<byte>.Shared.Return(packet.Bytes);
    }

    private static void Arm(ITimer timer, TimeSpan dueTime) =>
        timer.Change(TimeSpan.FromTicks(Math.Clamp(dueTime.Ticks, 0, TimeSpan.TicksPerDay)), Timeout.InfiniteTimeSpan);

    private readonly record struct PacketInFlight(byte[] Bytes, int Length)
    {
        public ReadOnlyMemory<byte> Memory => Bytes.AsMemory(0, Length);

        public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);
    }
}
