using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Between the application's pipes and the socket. Calls that do not wait come first, straight on the pipes' memory; .NET's async
/// socket is where a pump waits. Where a cancelled send leaves the count open, the kernel's sequence number settles it.
/// </summary>
internal sealed partial class KernelConnection : IBufferObserver
{
    private const int SmallRead = 4 * 1024;
    private const int LargeRead = 256 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncSignal _room = new();
    private Socket? _socket;
    private IBufferObserver? _observer;
    private PipeReader? _output;
    private ReadOnlySequence<byte> _unsent;
    private Task _pumps = Task.CompletedTask;

    // The kernel's next sequence number for what is not yet taken off the pipe.
    private uint _sendSequence;

    // Both sides closed: the kernel's socket is in TIME-WAIT or near it.
    private volatile bool _isFinished;
    private volatile bool _isReading;
    private int _uploadRequested;

    void IBufferObserver.OnApplicationWrote() => _observer?.OnApplicationWrote();

    void IBufferObserver.OnApplicationRead()
    {
        _room.Set();
        _observer?.OnApplicationRead();
        RequestUploadIfAbandoned();
    }

    private void StartPumps()
    {
        _socket = new Socket(_repair.Handle);
        _unsent = _payload.Send.Slice(_imported.UnacknowledgedLength);
        _buffers.Receive.Restore(_payload.Undelivered);
        _payload = ConnectionPayload.None;

        _observer = _buffers.Observer;
        _buffers.Observer = this;
        _output = _imported.Send.FinSent ? null : _buffers.Send.BeginPump();
        _pumps = Task.WhenAll(
            IsPeerFinished ? Task.CompletedTask : GuardAsync(ReceiveAsync),
            _output is null ? Task.CompletedTask : GuardAsync(SendAsync));
    }

    private async Task StopPumpsAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _output?.CancelPendingRead();
        _room.Set();
        await _pumps.ConfigureAwait(false);
        if (ReferenceEquals(_buffers.Observer, this)) _buffers.Observer = _observer;
    }

    private async Task GuardAsync(Func<CancellationToken, Task> pump)
    {
        await Task.Yield();
        try
        {
            await pump(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped, as asked.
        }
        catch (Exception error)
        {
            _ = FailAsync(error);
        }
    }

    private async Task ReceiveAsync(CancellationToken stop)
    {
        var queue = _buffers.Receive;
        var size = SmallRead;
        while (!stop.IsCancellationRequested && !queue.IsAbandoned)
        {
            if (queue.Unread >= queue.Limit)
            {
                await _room.WaitAsync().ConfigureAwait(false);
                continue;
            }

            // Nothing is held while there is nothing to read: an idle connection has no buffer.
            _isReading = true;
            await _socket!.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, stop).ConfigureAwait(false);
            _isReading = false;
            int count;
            do
            {
                var memory = queue.GetMemory(size);
                count = _repair.Receive(memory.Span);
                if (count < 0) ThrowUnlessWouldBlock("receiving");
                if (count <= 0) break;
                queue.Advance(count);
                queue.Flush();
                size = count == memory.Length ? LargeRead : SmallRead;
            }
            while (size == LargeRead && queue.Unread < queue.Limit && !stop.IsCancellationRequested);

            if (count != 0) continue;
            OnPeerFinished();
            return;
        }

        RequestUploadIfAbandoned();
    }

    // What arrives then is to be answered by a RST, which is the software stack's to send.
    private void RequestUploadIfAbandoned()
    {
        if (_buffers.Receive.IsAbandoned) RequestUpload(UploadReason.ApplicationClosing, "the application reads no more");
    }

    private void OnPeerFinished()
    {
        var state = _repair.Information.State;
        if (state == KernelState.Close && TryReportEnd()) return; // after a FIN no read tells of a reset
        _isFinished = state is not (KernelState.CloseWait or KernelState.Established);
        _buffers.Receive.Complete();
        if (_isFinished) RequestUpload(UploadReason.ApplicationClosing, "both sides closed");
    }

    private async Task SendAsync(CancellationToken stop)
    {
        while (_unsent.Length > 0)
        {
            var count = await SendSomeAsync(_unsent, stop).ConfigureAwait(false);
            _unsent = _unsent.Slice(count);
        }

        while (!stop.IsCancellationRequested)
        {
            var result = await _output!.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var taken = result.Buffer.Start;
            try
            {
                if (!result.Buffer.IsEmpty && !result.IsCanceled)
                    taken = result.Buffer.GetPosition(await SendSomeAsync(result.Buffer, stop).ConfigureAwait(false));
            }
            finally
            {
                _output.AdvanceTo(taken);
            }

            if (!result.IsCompleted || !result.Buffer.IsEmpty) continue;
            if (_buffers.AbortError is null) RequestUpload(UploadReason.ApplicationClosing, "the application closed its output");
            return;
        }
    }

    /// <summary>
    /// Sends at least one byte and counts what is sent; when cancelled, <see cref="SettleSent"/> finds the count.
    /// </summary>
    private async ValueTask<int> SendSomeAsync(ReadOnlySequence<byte> bytes, CancellationToken stop)
    {
        var count = _repair.Send(bytes);
        if (count < 0)
        {
            ThrowUnlessWouldBlock("sending");
            count = await _socket!.SendAsync(bytes.First, SocketFlags.None, stop).ConfigureAwait(false);
        }

        _sendSequence += (uint)count;
        return count;
    }

    /// <summary>
    /// In repair mode, the pumps stopped: takes off the pipe what a cancelled send put into the kernel's queue.
    /// </summary>
    private void SettleSent()
    {
        var sent = (int)(_repair.SendSequence - _sendSequence);
        if (sent == 0) return;
        _sendSequence += (uint)sent;
        var fromRecord = Math.Min(sent, _unsent.Length);
        _unsent = _unsent.Slice(fromRecord);
        if (sent == fromRecord) return;
        if (_output is null || !_output.TryRead(out var result))
            throw new InvalidOperationException("the kernel sent bytes that were never given to it");
        _output.AdvanceTo(result.Buffer.GetPosition(sent - fromRecord));
    }

    /// <summary>Asks once.</summary>
    public void RequestUpload(UploadReason reason, string detail)
    {
        if (Interlocked.Exchange(ref _uploadRequested, 1) == 0) _events.UploadRequested(Handle, reason, detail);
    }

    private void ThrowUnlessWouldBlock(string attempt)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Libc.EAGAIN) throw new LinuxException($"{attempt} on {_flow}", error);
    }
}
