using System.IO.Pipelines;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>
/// What a WebSocket reads and writes, made so that the WebSocket can be replaced between any two messages.
/// </summary>
/// <remarks>
/// <see cref="System.Net.WebSockets.WebSocket"/> reads ahead of the message that it returns, and keeps to itself what it has
/// read, which message it is in, and how its payload is masked. On an ordinary stream no point is therefore safe for a move. This
/// stream hands out the bytes of a message when the message is there to its last byte, and none of the next message with them.
/// So when the WebSocket has returned a message, it holds nothing, and all that has arrived since is unconsumed input of the
/// connection, which moves with it. When the connection is to move, a read throws an
/// <see cref="OperationCanceledException"/>, but only between messages; the WebSocket lets this exception pass and neither sends
/// nor aborts anything.
/// <para>
/// The price: a message must fit into <see cref="LongestMessage"/>, and a ping between two fragments is answered when the last
/// fragment has come.
/// </para>
/// </remarks>
internal sealed class WholeMessageStream(ConnectionContext connection) : Stream
{
    /// <summary>The most bytes of a message with the headers of its frames, less than the connection's receive buffer.</summary>
    private const int LongestMessage = 32 * 1024;

    /// <summary>What of the message has not been handed out; 0: the stream is between messages.</summary>
    private long _left;

    /// <summary>The next message is too long. Reads fail from now on.</summary>
    public bool IsTooLong { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="OperationCanceledException">
    /// The connection is to move or to end, or <see cref="IsTooLong"/>.
    /// </exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var input = connection.Transport.Input;
        while (_left > 0 || !connection.IsLeaving)
        {
            var read = await input.ReadAsync(connection.ConnectionClosedRequested);
            if (_left == 0) Measure(read);
            if (_left > 0) return HandOut(input, read, buffer);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (IsTooLong) break;
            if (read.IsCompleted) return 0;
        }

        throw new OperationCanceledException();
    }

    /// <summary>Returns when the bytes are in the output of the connection, also where it is to move.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await connection.Transport.Output.WriteAsync(buffer, CancellationToken.None);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Measure(in ReadResult read)
    {
        var message = MessageExtent.Of(read.Buffer);
        IsTooLong = message.Length > LongestMessage;
        if (message.IsWhole && !IsTooLong) _left = message.Length;
    }

    private int HandOut(PipeReader input, in ReadResult read, Memory<byte> buffer)
    {
        var part = read.Buffer.Slice(0, Math.Min(_left, buffer.Length));
        var length = 0;
        foreach (var piece in part)
        {
            piece.CopyTo(buffer[length..]);
            length += piece.Length;
        }

        input.AdvanceTo(part.End);
        _left -= length;
        return length;
    }
}
