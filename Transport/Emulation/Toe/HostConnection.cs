using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The driver's side of one connection: it posts what the application wrote, keeps each byte until the peer acknowledged it, and
/// moves what arrived to the application. Everything but the doorbells happens under the queue pair's gate.
/// </summary>
internal sealed class HostConnection(
    QueuePair pair, ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events, Action<HostConnection> doorbell)
    : IBufferObserver
{
    private readonly TcpConnectionState _initial = image.State;
    private ReadOnlySequence<byte> _carried = image.Payload.Send;
    private PipeReader? _pipe;
    private IBufferObserver? _observer;
    private int _posted;
    private uint _acknowledged = image.State.Send.SndUna;
    private bool _applicationClosed;
    private int _isRung;

    public QueuePair Pair => pair;

    public IEngineEvents Events => events;

    public bool IsActive { get; private set; }

    /// <summary>The command that is to go into the ring; the last one counts.</summary>
    public ToeCommandKind? Pending { get; set; }

    /// <summary>The device's generation when the connection went in.</summary>
    public required int Generation { get; init; }

    /// <summary>The upload that the device or the driver requests; it is repeated until the host terminates.</summary>
    public (UploadReason Reason, string Detail)? Wish { get; set; }

    public TimeSpan AskAt { get; set; }

    public long BytesReceived => pair.Status.Statistics.BytesReceived - _initial.Statistics.BytesReceived;

    public long BytesSent => pair.Status.Statistics.BytesSent - _initial.Statistics.BytesSent;

    public long Retransmissions => pair.Status.Statistics.Retransmissions - _initial.Statistics.Retransmissions;

    /// <summary>True for the one who has to queue the connection for the driver.</summary>
    public bool TryMarkRung() => Interlocked.Exchange(ref _isRung, 1) == 0;

    public void ClearRung() => Volatile.Write(ref _isRung, 0);

    /// <summary>The host committed: the application's pipes are the engine's from now on.</summary>
    public void Activate()
    {
        IsActive = true;
        _observer = buffers.Observer;
        buffers.Observer = this;
        _pipe = buffers.Send.BeginPump();
    }

    void IBufferObserver.OnApplicationWrote()
    {
        _observer?.OnApplicationWrote();
        doorbell(this);
    }

    void IBufferObserver.OnApplicationRead()
    {
        _observer?.OnApplicationRead();
        doorbell(this);
    }

    /// <summary>Posts what the application wrote, drops what the peer acknowledged. True where the device should look.</summary>
    public bool Pump()
    {
        if (_pipe is null || pair.IsFenced) return false;
        pair.HasRead |= pair.Receive.Note(buffers.Receive);
        PumpPipe(_pipe);
        return pair.HasPosted || pair.HasRead || pair.Options is not null;
    }

    /// <summary>Moves what arrived to the application.</summary>
    public void Deliver()
    {
        if (!IsActive) return;
        buffers.Receive.Raise(pair.Receive.Limit);
        if (pair.Receive.Count > 0)
        {
            pair.Receive.MoveTo(buffers.Receive);
            buffers.Receive.Flush();
            pair.HasRead |= pair.Receive.Note(buffers.Receive);
        }

        if (pair.Receive.IsCompleted) buffers.Receive.Complete();
    }

    /// <summary>The application closed, and the record did not say so: closing is the software stack's.</summary>
    public bool WantsToClose => _applicationClosed && !_initial.Send.FinSent;

    /// <summary>Ends with the device's own record: what it holds of the pipe's bytes the pipe holds no more.</summary>
    public void Detach(TcpConnectionState state)
    {
        Acknowledge(state.Send.SndUna);
        Take(state.Queues.SendLength);
        Detach();
    }

    /// <summary>Ends with what the host has: the last status, the bytes it kept, and what stands in the receive ring.</summary>
    public ConnectionImage Salvage(TimeSpan now)
    {
        var status = pair.Status;
        Acknowledge(status.Send.SndUna);
        var sent = (int)(status.Send.SndMax - status.Send.SndUna)
            - (status.Send.FinSent && status.Send.SndMax != status.Send.SndUna ? 1 : 0);
        var payload = new ConnectionPayload
        {
            Send = new ReadOnlySequence<byte>(Take(Math.Max(sent, (int)_carried.Length))),
            Undelivered = new ReadOnlySequence<byte>(pair.Receive.ToArray()),
        };
        var state = status.Aged(now - pair.StatusAt) with
        {
            Queues = new QueuesSection
            {
                SendLength = (int)payload.Send.Length,
                UndeliveredLength = (int)payload.Undelivered.Length,
            },
        };
        Detach();
        return new ConnectionImage(state, payload);
    }

    /// <summary>Gives the pipes back as they are.</summary>
    public void Detach()
    {
        IsActive = false;
        _pipe = null;
        if (ReferenceEquals(buffers.Observer, this)) buffers.Observer = _observer;
        pair.Receive.Release();
    }

    private void PumpPipe(PipeReader pipe)
    {
        var acknowledged = AcknowledgedSince(pair.Status.Send.SndUna);
        if (!pipe.TryRead(out var result)) return;
        var buffer = result.Buffer.Slice(Math.Min(acknowledged, _posted));
        _posted -= Math.Min(acknowledged, _posted);
        foreach (var part in buffer.Slice(_posted))
        {
            var count = Math.Min(part.Length, pair.Send.Free);
            if (count == 0) break;
            pair.Send.Post(part.Span[..count]);
            _posted += count;
            pair.HasPosted = true;
        }

        _applicationClosed |= result.IsCompleted;
        buffers.Send.Limit = pair.Status.Buffers.SendLimit;
        pipe.AdvanceTo(buffer.Start, buffer.Start);
    }

    private void Acknowledge(uint sndUna)
    {
        var acknowledged = Math.Min(AcknowledgedSince(sndUna), _posted);
        if (acknowledged == 0) return;
        Consume(acknowledged);
        _posted -= acknowledged;
    }

    /// <summary>
    /// Drops acknowledged bytes that were carried and returns how many of the pipe's were; a FIN counts as one too many.
    /// </summary>
    private int AcknowledgedSince(uint sndUna)
    {
        var count = (int)(sndUna - _acknowledged);
        _acknowledged = sndUna;
        var fromCarried = (int)Math.Min(count, _carried.Length);
        _carried = _carried.Slice(fromCarried);
        return count - fromCarried;
    }

    /// <summary>The first bytes that are kept, carried and posted; the pipe holds them no more.</summary>
    private byte[] Take(int count)
    {
        var bytes = new byte[count];
        var fromCarried = (int)Math.Min(count, _carried.Length);
        _carried.Slice(0, fromCarried).CopyTo(bytes);
        _carried = _carried.Slice(fromCarried);
        var fromPipe = count - fromCarried;
        if (fromPipe > 0) Consume(fromPipe, bytes.AsSpan(fromCarried));
        return bytes;
    }

    private void Consume(int count, Span<byte> copy = default)
    {
        if (_pipe is null || !_pipe.TryRead(out var result) || result.Buffer.Length < count)
            throw new InvalidOperationException($"connection {pair.Handle}: the pipe lacks {count} bytes that were posted");
        var taken = result.Buffer.Slice(0, count);
        if (!copy.IsEmpty) taken.CopyTo(copy);
        _pipe.AdvanceTo(taken.End, taken.End);
    }
}
