using System.Buffers;
using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>The application's input pipe as a receive queue. Written by one thread at a time; read by the application.</summary>
public sealed class ReceiveQueue : IReceiveQueue
{
    private readonly PipeWriter _pipe;
    private readonly TcpMemory? _memory;
    private PipeAccount _unread;
    private readonly long _initialLimit;
    private long _limit;
    private long _readSinceTold;
    private bool _ended;
    private volatile bool _isDiscarding;
    private volatile bool _isHeldBack;

    internal ReceiveQueue(PipeWriter pipe, int limit, int capacity, TcpMemory? memory)
    {
        _pipe = pipe;
        _memory = memory;
        _unread = new PipeAccount(memory);
        _limit = _initialLimit = Math.Min(limit, capacity);
        Capacity = capacity;
    }

    /// <inheritdoc/>
    public long Capacity { get; }

    /// <summary>Is told of the end of the input, at once where the input has ended already.</summary>
    public IReceiveObserver? Observer
    {
        get;
        set
        {
            field = value;
            if (_ended) value?.OnInputEnded();
        }
    }

    /// <inheritdoc/>
    public long Limit => _isHeldBack ? Math.Min(_initialLimit, Volatile.Read(ref _limit)) : Volatile.Read(ref _limit);

    /// <summary>
    /// Opens the window no further than at the beginning of a connection, whatever <see cref="Limit"/> was raised to: before a
    /// move, so that little is left to carry.
    /// </summary>
    internal bool IsHeldBack
    {
        get => _isHeldBack;
        set => _isHeldBack = value;
    }

    /// <summary>
    /// Bytes delivered and not yet read; 0 once the application reads no more, so that the window stays open and the peer can
    /// finish.
    /// </summary>
    public long Unread => _unread.HasEnded ? 0 : _unread.Bytes;

    /// <inheritdoc/>
    public bool IsAbandoned => _unread.HasEnded && !_isDiscarding;

    /// <summary>The application has completed its input.</summary>
    internal bool IsLeft => _unread.HasEnded;

    /// <inheritdoc/>
    public bool HasLostData => _unread.HasLost && !_isDiscarding;

    /// <summary>Raises the limit, except while the memory of all connections is under pressure.</summary>
    public void Raise(long bytes)
    {
        if (_memory is not { IsUnderPressure: true }) RaiseTo(bytes);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_ended) return;
        _unread.Add(bytes.Length);
        if (!_unread.HasEnded) _pipe.Write(bytes);
    }

    /// <summary>Writes bytes that come with a move, and lets the application read them.</summary>
    public void Restore(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        foreach (var part in bytes) Write(part.Span);
        Flush();
    }

    /// <summary>Room of at least <paramref name="sizeHint"/> bytes for an engine to write into, which saves a copy.</summary>
    public Memory<byte> GetMemory(int sizeHint) => _pipe.GetMemory(sizeHint);

    /// <summary>Counts <paramref name="count"/> bytes written into <see cref="GetMemory"/>.</summary>
    public void Advance(int count)
    {
        _unread.Add(count);
        _pipe.Advance(count);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_ended || _unread.HasEnded) return;

        // Without a pause threshold a flush never waits.
        var flush = _pipe.FlushAsync();
        if (!flush.IsCompleted) throw new InvalidOperationException("the receive pipe has no threshold, yet a flush waits");
        flush.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_ended) return;
        _ended = true;
        _pipe.Complete();
        Observer?.OnInputEnded();
    }

    /// <inheritdoc/>
    public void Fail(Exception error)
    {
        if (_ended) return;
        _ended = true;
        _pipe.Complete(error);
        Observer?.OnInputEnded();
    }

    /// <summary>
    /// True when the application read a quarter of the limit since the stack was last told. Under pressure a window may be shut
    /// over less: any reading may open it.
    /// </summary>
    internal bool NoteRead(long count)
    {
        _unread.Remove(count);
        _readSinceTold += count;
        if (_readSinceTold < Limit / 4 && _memory is not { IsUnderPressure: true }) return false;
        _readSinceTold = 0;
        return true;
    }

    /// <summary>The bytes that the application has examined and not consumed leave little room for more.</summary>
    internal bool IsNearLimit(long seen) => seen >= Limit / 2;

    /// <summary>
    /// The application waits for a message that is larger than what may wait for it: without more room it would wait for ever.
    /// True where there is more: also under pressure, for the message is all that can relieve it.
    /// </summary>
    internal bool RaiseForMessage()
    {
        if (Limit >= Capacity) return false;
        RaiseTo(2 * Limit);
        return true;
    }

    internal bool Abandon() => _unread.End();

    /// <summary>The application reads no more, on purpose: present and later bytes are discarded as if they were read.</summary>
    internal bool Discard()
    {
        if (!_unread.HasEnded) _isDiscarding = true;
        return _unread.End();
    }

    private void RaiseTo(long bytes)
    {
        var target = Math.Min(bytes, Capacity);
        for (var limit = Volatile.Read(ref _limit); limit < target;)
        {
            var found = Interlocked.CompareExchange(ref _limit, target, limit);
            limit = found == limit ? target : found;
        }
    }
}
