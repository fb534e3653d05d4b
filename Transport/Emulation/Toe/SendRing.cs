using System.Buffers;
using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The bytes that the host posted for sending, in the device's memory. The host keeps each byte until it is acknowledged.
/// </summary>
internal sealed class SendRing(int limit) : ISendQueue
{
    private readonly ByteRing _ring = new(limit);

    public long Length => _ring.Count;

    /// <summary>The host sees how far the application may be ahead: from the status block.</summary>
    public long Limit { get; set; }

    public int Carried => 0;

    public bool IsCompleted { get; init; }

    public int Free => _ring.Free;

    public void Post(ReadOnlySpan<byte> bytes) => _ring.Write(bytes);

    public ReadOnlySequence<byte> Slice(long offset, int count) => new(_ring.Peek((int)offset, count));

    public void Acknowledge(long count) => _ring.Drop((int)count);

    public void Release() => _ring.Release();
}
