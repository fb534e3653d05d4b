using System.Buffers;
using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>
/// The stack's end of the application's output pipe, and an engine's while it pumps. The pipe lets its writer wait for bytes that
/// were not examined, beyond a fixed threshold: so how far the application may be ahead is set by examining more than is
/// consumed. What was examined once stays so, because the pipe looks at its threshold only where a write crosses it.
/// </summary>
internal sealed class OutputReader(PipeReader pipe, long threshold, long capacity, TcpMemory? memory) : PipeReader
{
    private PipeAccount _held = new(memory);
    private ReadOnlySequence<byte> _buffer;
    private SequencePosition _examinedAt;
    private long _examined;
    private long _limit;
    private long _told;

    /// <summary>
    /// Bytes the application may be ahead of what is consumed, from the pipe's threshold to the capacity. It does not grow while
    /// the memory of all is short.
    /// </summary>
    public long Limit
    {
        get => IsHeldBack ? threshold : Math.Max(_limit, threshold);
        set => _limit = Math.Min(value, memory is { IsUnderPressure: true } ? _limit : capacity);
    }

    /// <summary>The application may be ahead by the pipe's threshold only, whatever the limit is.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>The application is woken for no less room than this.</summary>
    private long Step => Math.Max(threshold / 2, Limit / 8);

    /// <summary>The limit grew by a step, and nothing was consumed that would have let the application know.</summary>
    public bool MustTell => Limit - _told >= Step;

    /// <summary>The application is about to flush so many bytes.</summary>
    public void NoteWritten(long count) => _held.Add(count);

    /// <summary>Takes <paramref name="count"/> bytes off the front of what was read.</summary>
    public void Advance(long count) => Advance(_buffer.GetPosition(count), count, count);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        Advance(consumed, _buffer.Slice(0, consumed).Length, _buffer.Slice(0, examined).Length);

    public override void CancelPendingRead() => pipe.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        pipe.Complete(exception);
        _held.End();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = pipe.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Note(read.Result)) : ReadSlowlyAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!pipe.TryRead(out result)) return false;
        Note(result);
        return true;
    }

    /// <summary>The last byte is not examined ahead, or the pipe would report that there is nothing to read.</summary>
    private void Advance(SequencePosition consumed, long count, long examined)
    {
        var (position, offset) = _examined > count ? (_examinedAt, _examined) : (consumed, count);
        var left = _buffer.Length - count;
        _told = Limit;
        var ahead = Math.Max(offset, examined);
        if (Limit - left >= Step) ahead = Math.Max(ahead, count + Math.Min(Limit - threshold, left - 1));
        _examinedAt = ahead > offset ? _buffer.GetPosition(ahead - offset, position) : position;
        _examined = ahead - count;
        _buffer = default;
        pipe.AdvanceTo(consumed, _examinedAt);
        _held.Remove(count);
    }

    private async ValueTask<ReadResult> ReadSlowlyAsync(ValueTask<ReadResult> read) => Note(await read.ConfigureAwait(false));

    private ReadResult Note(ReadResult result)
    {
        _buffer = result.Buffer;
        return result;
    }
}
