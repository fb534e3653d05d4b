using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Buffers;

namespace ActorStack.Fuzz.Records;

/// <summary>What a record carries to be sent.</summary>
internal sealed class PlainSendQueue(ConnectionImage image) : ISendQueue
{
    private ReadOnlySequence<byte> _bytes = image.Payload.Send;

    public long Length => _bytes.Length;

    public long Limit { get; set; }

    public int Carried => 0;

    public bool IsCompleted => image.State.Send.FinQueued;

    public ReadOnlySequence<byte> Slice(long offset, int count) => _bytes.Slice(offset, Math.Min(count, _bytes.Length - offset));

    public void Acknowledge(long count) => _bytes = _bytes.Slice(count);
}
