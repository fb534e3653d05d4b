using ActorStack.Transport.Buffers;

namespace ActorStack.Actors.Tests.Support;

/// <summary>
/// A device's receive memory before the application's queue: where it keeps, bytes stay in it until its state is taken.
/// </summary>
internal sealed class FakeReceiveQueue(ReceiveQueue application) : IReceiveQueue
{
    private readonly List<byte> _kept = [];

    public bool Keeps { get; set; }

    public long Capacity => application.Capacity;

    public long Limit => application.Limit;

    public long Unread => application.Unread + _kept.Count;

    public bool IsAbandoned => application.IsAbandoned;

    public bool HasLostData => application.HasLostData;

    public void Raise(long bytes) => application.Raise(bytes);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Keeps) _kept.AddRange(bytes);
        else application.Write(bytes);
    }

    public void Flush() => application.Flush();

    public void Complete()
    {
        if (_kept.Count == 0) application.Complete();
    }

    public void Fail(Exception error) => application.Fail(error);

    public byte[] TakeKept()
    {
        var kept = _kept.ToArray();
        _kept.Clear();
        return kept;
    }
}
