using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>The application's output: a pipe writer that notifies the stack of every flush.</summary>
internal sealed class ApplicationWriter(PipeWriter pipe, ConnectionBuffers buffers) : PipeWriter
{
    public override bool CanGetUnflushedBytes => pipe.CanGetUnflushedBytes;

    public override long UnflushedBytes => pipe.UnflushedBytes;

    public override void Advance(int bytes) => pipe.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    public override void CancelPendingFlush() => pipe.CancelPendingFlush();

    /// <summary>
    /// With an error the connection is reset; the pipe itself ends plainly, because the stack's reads must not throw.
    /// </summary>
    public override void Complete(Exception? exception = null)
    {
        buffers.AbortError ??= exception;
        buffers.Send.NoteWritten(pipe.UnflushedBytes);
        pipe.Complete();
        buffers.Observer?.OnApplicationWrote();
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.IsCancellationRequested) buffers.Send.NoteWritten(pipe.UnflushedBytes);
        return Tell(pipe.FlushAsync(cancellationToken));
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.IsCancellationRequested) buffers.Send.NoteWritten(pipe.UnflushedBytes + source.Length);
        return Tell(pipe.WriteAsync(source, cancellationToken));
    }

    private ValueTask<FlushResult> Tell(ValueTask<FlushResult> flush)
    {
        buffers.Observer?.OnApplicationWrote();
        return flush;
    }
}
