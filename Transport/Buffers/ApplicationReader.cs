using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace ActorStack.Transport.Buffers;

/// <summary>The application's input: a pipe reader that counts the bytes read, because they open the receive window.</summary>
/// <remarks>
/// At the end all that the application was ever handed is read, as with read(2), whether or not it said that it consumed it: data
/// is lost only where it never saw it.
/// <para>
/// A read that waits is this object and not a task: an idle connection waits, and a task would take a quarter of a kilobyte.
/// </para>
/// </remarks>
internal sealed class ApplicationReader(PipeReader pipe, ConnectionBuffers buffers) : PipeReader, IValueTaskSource<ReadResult>
{
    private ReadOnlySequence<byte> _buffer;
    private long _seen; // handed out and not counted as read
    private long _examined; // of the unread bytes, those that a read does not return before more come
    private bool _isReading;
    private ReadOnlySequence<byte>? _view;

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var count = _buffer.Slice(_buffer.Start, consumed).Length;
        var left = _buffer.Length - count;
        var wantsMore = buffers.Receive.IsNearLimit(left) && _buffer.Slice(examined).IsEmpty;
        _examined = consumed.Equals(examined) ? 0 : _buffer.Slice(consumed, examined).Length;
        _isReading = false;
        _buffer = default;
        _seen = left;
        pipe.AdvanceTo(consumed, examined);
        var isRaised = wantsMore && buffers.Receive.RaiseForMessage();
        if ((count > 0 && buffers.Receive.NoteRead(count)) || isRaised) buffers.Observer?.OnApplicationRead();
    }

    public override void CancelPendingRead() => pipe.CancelPendingRead();

    /// <summary>
    /// Ends the read of an application that left in the midst of it, and consumed nothing by it; so it is with a view.
    /// </summary>
    internal void EndRead()
    {
        if (_isReading) AdvanceTo(_buffer.Start, _buffer.GetPosition(_examined));
        if (_view is { } view) pipe.AdvanceTo(view.Start, view.GetPosition(_examined));
        _view = null;
    }

    /// <summary>
    /// Query: the unread bytes, whether or not the application has examined them. They stay until <see cref="EndRead"/>.
    /// </summary>
    internal ReadOnlySequence<byte> ViewUnread()
    {
        EndRead();
        pipe.CancelPendingRead(); // makes the pipe return examined bytes too
        if (!pipe.TryRead(out var read)) return default;
        _view = read.Buffer;
        return read.Buffer;
    }

    /// <summary>
    /// With an <see cref="OperationCanceledException"/> what is unread, or comes later, is discarded instead of lost. The pipe
    /// itself ends plainly, because the stack's flushes must not throw.
    /// </summary>
    public override void Complete(Exception? exception = null)
    {
        pipe.Complete();
        buffers.Receive.NoteRead(_seen);
        _seen = 0;
        var isFirst = exception is OperationCanceledException ? buffers.Receive.Discard() : buffers.Receive.Abandon();
        if (isFirst) buffers.Observer?.OnApplicationRead();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = pipe.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully) return new ValueTask<ReadResult>(Note(read.Result));

        // A read that succeeds only now must be noted like any other: it is this object's.
        return read.IsCanceled || read.IsFaulted ? read : new ValueTask<ReadResult>(this, token: 0);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => Waiting.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Waiting.OnCompleted(continuation, state, token, flags);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => Note(Waiting.GetResult(token));

    public override bool TryRead(out ReadResult result)
    {
        if (!pipe.TryRead(out result)) return false;
        Note(result);
        return true;
    }

    /// <summary>The read that waits: a pipe has one at most, whose source is its reader with the token 0.</summary>
    private IValueTaskSource<ReadResult> Waiting => (IValueTaskSource<ReadResult>)pipe;

    private ReadResult Note(ReadResult result)
    {
        _buffer = result.Buffer;
        _seen = _buffer.Length;
        _isReading = true;
        return result;
    }
}
