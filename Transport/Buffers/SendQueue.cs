using System.Buffers;
using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>
/// The application's output pipe as a send queue: its reader is advanced only by what the peer acknowledged, and the application
/// waits where it is ahead of that by <see cref="Limit"/>. Bytes that came back from an engine go before those of the pipe. One
/// thread at a time: the stack's, or the engine's while it pumps.
/// </summary>
public sealed class SendQueue : ISendQueue
{
    private readonly OutputReader _pipe;
    private ReadOnlySequence<byte> _carried;
    private ReadOnlySequence<byte> _piped;
    private SequencePosition _cursor;
    private long _cursorOffset;
    private bool _reading;

    internal SendQueue(OutputReader pipe) => _pipe = pipe;

    /// <inheritdoc/>
    public long Limit
    {
        get => _pipe.Limit;
        set
        {
            _pipe.Limit = value;
            TellLimit();
        }
    }

    /// <summary>
    /// Lets the application write no further ahead than at the beginning of a connection, whatever <see cref="Limit"/> was set
    /// to: before a move, so that little is left to carry.
    /// </summary>
    internal bool IsHeldBack
    {
        get => _pipe.IsHeldBack;
        set
        {
            _pipe.IsHeldBack = value;
            TellLimit();
        }
    }

    /// <summary>The application is about to flush so many bytes.</summary>
    internal void NoteWritten(long count) => _pipe.NoteWritten(count);

    /// <inheritdoc/>
    public long Length => _carried.Length + _piped.Length;

    /// <summary>Bytes that an engine gave back; the pipe no longer holds them.</summary>
    public int Carried => (int)_carried.Length;

    /// <inheritdoc/>
    public bool IsCompleted { get; private set; }

    /// <summary>
    /// Takes over the bytes that the application wrote since the last call. True where there are any, or the application
    /// completed its output.
    /// </summary>
    public bool Refresh()
    {
        var before = _piped.Length;
        var completedBefore = IsCompleted;
        EndRead();
        BeginRead();
        return _piped.Length != before || IsCompleted != completedBefore;
    }

    /// <summary>
    /// The bytes from <paramref name="offset"/> on, at most <paramref name="count"/>. Where carried bytes end and those of the
    /// pipe begin, it returns fewer.
    /// </summary>
    public ReadOnlySequence<byte> Slice(long offset, int count)
    {
        if (offset >= _carried.Length) return SlicePiped(offset - _carried.Length, count);
        return _carried.Slice(offset, Math.Min(count, _carried.Length - offset));
    }

    /// <inheritdoc/>
    public void Acknowledge(long count)
    {
        var fromCarried = Math.Min(count, _carried.Length);
        _carried = _carried.Slice(fromCarried);
        var fromPipe = count - fromCarried;
        if (fromPipe == 0) return;
        _pipe.Advance(fromPipe);
        _cursorOffset -= fromPipe;
        _reading = false;
        BeginRead();
    }

    /// <summary>
    /// Gives the pipe to an engine, which reads it from now on and takes what it reads. When it stops it must not have examined
    /// more than it consumed. Only when nothing is carried: those bytes travel in the record.
    /// </summary>
    public PipeReader BeginPump()
    {
        if (_carried.Length > 0)
            throw new InvalidOperationException("carried bytes travel in the record; acknowledge them first");
        EndRead();
        _cursorOffset = 0;
        return _pipe;
    }

    /// <summary>
    /// Takes the pipe back; <paramref name="carried"/> goes before what the application wrote since. Also where an engine had
    /// nothing to pump.
    /// </summary>
    public void EndPump(in ReadOnlySequence<byte> carried)
    {
        EndRead();
        _carried = carried;
        BeginRead();
    }

    /// <summary>The connection is over: the application's writes complete from now on and go nowhere.</summary>
    public void Close()
    {
        EndRead();
        _carried = default;
        _pipe.Complete();
    }

    /// <summary>
    /// Segments follow each other: the next begins where the last ended, and need not be searched for from the front.
    /// </summary>
    private ReadOnlySequence<byte> SlicePiped(long offset, int count)
    {
        var start = _cursorOffset > 0 && offset >= _cursorOffset
            ? _piped.GetPosition(offset - _cursorOffset, _cursor)
            : _piped.GetPosition(offset);
        var slice = _piped.Slice(start, count);
        (_cursor, _cursorOffset) = (slice.End, offset + count);
        return slice;
    }

    private void TellLimit()
    {
        if (_reading && _pipe.MustTell) Refresh();
    }

    private void BeginRead()
    {
        if (!_pipe.TryRead(out var result))
        {
            _piped = default;
            return;
        }

        _reading = true;
        _piped = result.Buffer;
        IsCompleted = result.IsCompleted;
    }

    private void EndRead()
    {
        if (!_reading) return;
        _reading = false;
        _pipe.Advance(0);
        _piped = default;
    }
}
