using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting;

/// <summary>
/// Reads a connection as Kestrel and connection middleware expect it of a transport. A peer's reset is a
/// <see cref="ConnectionResetException"/>, because they take any other exception for a fault of the application. Bytes that have
/// arrived and that nobody reads, such as the rest of a refused request or a close_notify, do not reset the connection at its
/// end: Kestrel's own transport has read them from its socket. Bytes that arrive later do.
/// </summary>
internal sealed class TransportReader(PipeReader input) : PipeReader
{
    private bool _isReading;
    private bool _isCompleted;

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _isReading = false;
        input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted && !_isReading) DiscardArrived();
        _isCompleted = true;
        input.Complete(exception);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _isReading = true;
        try
        {
            var read = input.ReadAsync(cancellationToken);
            return read.IsCompletedSuccessfully ? read : ReadSlowlyAsync(read);
        }
        catch (Exception error)
        {
            _isReading = false;
            if (error is SocketException lost) throw Translate(lost);
            throw;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return _isReading = input.TryRead(out result);
        }
        catch (SocketException lost)
        {
            throw Translate(lost);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadSlowlyAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _isReading = false;
            if (error is SocketException lost) throw Translate(lost);
            throw;
        }
    }

    private void DiscardArrived()
    {
        try
        {
            if (input.TryRead(out var rest)) input.AdvanceTo(rest.Buffer.End);
        }
        catch (Exception lost) when (lost is SocketException or IOException)
        {
            // The connection is lost, and with it what nobody has read.
        }
    }

    private static IOException Translate(SocketException lost) => lost.SocketErrorCode is SocketError.ConnectionReset
        ? new ConnectionResetException(lost.Message, lost)
        : new IOException(lost.Message, lost);
}
