using System.Buffers;
using ActorStack.Transport.Buffers;

namespace ActorStack.Tests.Common.Simulation.Shared;

/// <summary>
/// A send queue whose application writes zeros as fast as it may, up to a total, and then closes; nothing is stored.
/// </summary>
/// <param name="total">0: it writes nothing and leaves the connection open.</param>
public sealed class BulkSendQueue(int capacity, long total) : ISendQueue
{
    private static readonly byte[] Zeros = new byte[1 << 16];

    private long _acknowledged;

    public long Length => Math.Min(capacity, total - _acknowledged);

    /// <summary>Kept, not followed: the model's application is bounded by the capacity.</summary>
    public long Limit { get; set; }

    public int Carried => 0;

    public bool IsCompleted => total > 0 && Length == total - _acknowledged;

    public ReadOnlySequence<byte> Slice(long offset, int count) => new(Zeros.AsMemory(0, Math.Min(count, Zeros.Length)));

    public void Acknowledge(long count) => _acknowledged += count;
}
