using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class ApplicationReaderTests
{
    [Fact]
    public async Task A_read_that_succeeds_while_it_begins_to_wait_is_noted()
    {
        var buffers = new ConnectionBuffers(ConnectionBufferOptions.Default);
        var reader = new ApplicationReader(new LateReader(), buffers);

        var read = await reader.ReadAsync();

        reader.AdvanceTo(read.Buffer.End); // throws where the reader does not know the buffer
        Assert.Equal(3, read.Buffer.Length);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_before_it_begins_tells_so()
    {
        var buffers = new ConnectionBuffers(ConnectionBufferOptions.Default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await buffers.Application.Input.ReadAsync(new CancellationToken(canceled: true)));
    }

    /// <summary>Bytes come between the first and the second look at its read.</summary>
    private sealed class LateReader : PipeReader, IValueTaskSource<ReadResult>
    {
        private int _looks;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(this, token: 0);

        public ValueTaskSourceStatus GetStatus(short token) =>
            _looks++ == 0 ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

        public ReadResult GetResult(short token) => new(new ReadOnlySequence<byte>([1, 2, 3]), false, false);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            continuation(state);

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }
}
