using System.Buffers;
using ActorStack.Transport.Buffers;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>A send queue in one array, without an application thread.</summary>
public sealed class SimulatedSendQueue(int capacity) : ISendQueue
{
    private byte[] _bytes = [];

    public long Length => _bytes.Length;

    /// <summary>Kept, not followed: the model's application is bounded by the capacity.</summary>
    public long Limit { get; set; }

    public int Carried => 0;

    public bool IsCompleted { get; private set; }

    public int Free => Math.Max(0, capacity - _bytes.Length);

    public void Write(ReadOnlySpan<byte> bytes) => _bytes = [.. _bytes, .. bytes];

    public void Complete() => IsCompleted = true;

    public ReadOnlySequence<byte> Slice(long offset, int count) => new(_bytes.AsMemory((int)offset, count));

    public void Acknowledge(long count) => _bytes = _bytes[(int)count..];

    /// <summary>A queue that holds the payload of an image, as on another machine.</summary>
    public SimulatedSendQueue Successor(ReadOnlySpan<byte> payload)
    {
        var successor = new SimulatedSendQueue(capacity) { IsCompleted = IsCompleted };
        successor.Write(payload);
        return successor;
    }
}
