namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// Packets by their time of arrival. Those in order, nearly all, wait in a plain queue; the ones that are held back in a heap
/// beside it.
/// </summary>
internal sealed class PacketSchedule(int capacity)
{
    private readonly Queue<PathPacket> _inOrder = new(capacity);
    private readonly PriorityQueue<PathPacket, (TimeSpan At, long Order)> _late = new();
    private TimeSpan _lastInOrder;
    private long _order;

    public bool IsEmpty => _inOrder.Count == 0 && _late.Count == 0;

    public void Add(in PathPacket packet, bool isLate)
    {
        if (isLate || packet.At < _lastInOrder)
        {
            _late.Enqueue(packet, (packet.At, _order++));
            return;
        }

        _lastInOrder = packet.At;
        _inOrder.Enqueue(packet);
    }

    public bool TryPeek(out PathPacket packet)
    {
        var isInOrder = _inOrder.TryPeek(out packet);
        if (_late.TryPeek(out var late, out _) && (!isInOrder || late.At < packet.At)) packet = late;
        return isInOrder || _late.Count > 0;
    }

    public void Take()
    {
        if (_late.TryPeek(out var late, out _) && (!_inOrder.TryPeek(out var first) || late.At < first.At)) _late.Dequeue();
        else _inOrder.Dequeue();
    }
}
