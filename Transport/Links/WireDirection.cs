using System.Buffers;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// One direction of an <see cref="InMemoryWire"/>: the packets on their way, and their impairments. Any thread may send; one
/// thread receives and waits.
/// </summary>
internal sealed class WireDirection : IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<PacketInFlight, (TimeSpan At, long Order)> _inFlight = new();
    private readonly InMemoryWire _wire;
    private readonly ITimer? _timer;
    private readonly PathModel _model;
    private readonly int _capacity;
    private readonly bool _merges;
    private long _capacityDrops;
    private long _order;
    private long _bytesInFlight;
    private bool _woken;
    private bool _isDisposed;

    public WireDirection(
        InMemoryWire wire, TimeProvider? clock, InMemoryWireOptions options, WireImpairments impairments, int seed)
    {
        _wire = wire;
        _model = new PathModel(impairments, seed);
        _capacity = options.CapacityBytes;
        _merges = options.ReceiveMerging;
        _timer = clock?.CreateTimer(
            static direction => ((WireDirection)direction!).Pulse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public WireImpairments Impairments
    {
        get => _model.Impairments;
        set => _model.Impairments = value;
    }

    public WireStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                var statistics = _model.Statistics;
                return statistics with { Sent = statistics.Sent + _capacityDrops, CapacityDrops = _capacityDrops };
            }
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
    /// Takes a packet in an array of the shared pool. False, and the array stays the caller's, where there is no room; a packet
    /// that the wire loses is taken.
    /// </summary>
    public bool TryCarry(byte[] packet, int length)
    {
        lock (_gate)
        {
            if (_isDisposed) return false;
            if (_bytesInFlight + length > _capacity)
            {
                _capacityDrops++;
                return false;
            }

            var fate = _model.Offer(length, EcnField.Read(packet.AsSpan(0, length)), _wire.Now);
            if (fate.Outcome == PathOutcome.QueueDropped) return false;
            if (fate.Outcome == PathOutcome.Lost)
            {
                ArrayPool<byte>.Shared.Return(packet);
                return true;
            }

            Carry(packet, length, fate);
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

    private void Carry(byte[] packet, int length, in PathFate fate)
    {
        if (fate.IsMarked) EcnField.Mark(packet);
        if (fate.CorruptBit >= 0) packet[fate.CorruptBit / 8] ^= (byte)(1 << (fate.CorruptBit % 8));
        Enqueue(new PacketInFlight(packet, length), fate.At);
        if (fate.IsDuplicated) Duplicate(packet.AsSpan(0, length), fate.At);
    }

    private void Duplicate(ReadOnlySpan<byte> packet, TimeSpan arrival)
    {
        var copy = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(copy);
        Enqueue(new PacketInFlight(copy, packet.Length), arrival);
    }

    private void Enqueue(PacketInFlight packet, TimeSpan arrival)
    {
        _bytesInFlight += packet.Length;
        _inFlight.Enqueue(packet, (arrival, _order++));
    }

    private bool TryPeekDue(TimeSpan now, out PacketInFlight packet) =>
        _inFlight.TryPeek(out packet, out var due) && due.At <= now;

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
