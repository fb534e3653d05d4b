using System.Collections.Concurrent;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The device: a bounded table of connections, fed by a command ring and a frame ring, answering by a completion ring. Of a
/// connection it gets the serialized record and the frames steered to it, nothing else. Sans-thread: whoever drives it calls
/// <see cref="Step"/>.
/// </summary>
internal sealed class ToeDevice(ILink link, ToeTransfer transfer, EmulatedToeOptions options, ToeFaults faults)
{
    private readonly Dictionary<EngineHandle, DeviceConnection> _table = [];
    private readonly BoundedRing<ToeCommand> _commands = new(options.RingSize);
    private readonly BoundedRing<(EngineHandle Handle, LinkFrame Frame)> _frames = new(options.FrameRingSize);
    private readonly BoundedRing<ToeCompletion> _completions = new(options.RingSize);
    private readonly ConcurrentQueue<QueuePair> _ready = new();
    private readonly PriorityQueue<DeviceConnection, TimeSpan> _timers = new();
    private readonly TcpSettings _settings = options.Tcp with
    {
        Mtu = link.Mtu,
        MaximumSegmentPayload = link.MaximumSegmentPayload,
    };

    /// <summary>Raised by a reset: what the host had in the device is gone.</summary>
    public int Generation { get; private set; }

    /// <summary>The pairs the last step touched: the interrupt's cause.</summary>
    public List<QueuePair> Served { get; } = [];

    public long FrameDrops { get; private set; }

    public bool TryPost(in ToeCommand command) => !faults.AreRingsFull && _commands.TryEnqueue(command);

    /// <summary>Takes over the frame's buffer; releases it where the ring is full.</summary>
    public bool TryPost(EngineHandle handle, in LinkFrame frame)
    {
        if (_frames.TryEnqueue((handle, frame))) return true;
        frame.Buffer.Release();
        return false;
    }

    public bool TryTake(out ToeCompletion completion) => _completions.TryDequeue(out completion);

    public void Ring(QueuePair pair)
    {
        if (pair.TryMarkReady()) _ready.Enqueue(pair);
    }

    /// <summary>
    /// Does all there is to do now. Returns when there will be more: null where only commands or frames can bring it.
    /// </summary>
    public TimeSpan? Step(TimeSpan now)
    {
        Served.Clear();
        if (faults.IsHung) return null;
        if (faults.TryTakeChange()) RingAll();
        TakeFrames();
        while (!CompletionsFull && _commands.TryDequeue(out var command)) Execute(command, now);
        ExpireTimers(now);
        for (var left = _ready.Count; left > 0 && !CompletionsFull && _ready.TryDequeue(out var pair); left--)
        {
            pair.ClearReady();
            if (_table.TryGetValue(pair.Handle, out var connection)) Serve(connection, now);
        }

        var isBlocked = faults.AreRingsFull; // until the fault is taken back, which wakes
        if (!isBlocked && !(_ready.IsEmpty && _commands.Count == 0 && _frames.Count == 0)) return now;
        return _timers.TryPeek(out _, out var next) ? next : null;
    }

    /// <summary>Serving one connection leaves at most two completions.</summary>
    private bool CompletionsFull => faults.AreRingsFull || _completions.Count > options.RingSize - 2;

    private void Execute(in ToeCommand command, TimeSpan now)
    {
        lock (command.Pair.Gate)
        {
            if (command.Kind == ToeCommandKind.Initiate)
            {
                Initiate(command, now);
                return;
            }

            if (!_table.TryGetValue(command.Pair.Handle, out var connection)) return;
            if (command.Kind == ToeCommandKind.Forget || connection.Pair.IsFenced)
                Remove(connection);
            else if (command.Kind == ToeCommandKind.Activate)
                Activate(connection, now);
            else
                Terminate(connection, now);
        }
    }

    private void Initiate(in ToeCommand command, TimeSpan now)
    {
        var pair = command.Pair;
        if (pair.IsFenced) return;
        var image = transfer.Read(command.Record, command.Payload!, out var ledger);
        if (Refuse(image.State) is var (reason, detail))
        {
            Complete(new ToeCompletion(ToeCompletionKind.Refused, pair.Handle, Refusal: reason, Detail: detail));
            return;
        }

        var connection = DeviceConnection.Create(pair, image, options, _settings, now);
        connection.Publish(now);
        _table.Add(pair.Handle, connection);
        if (!faults.TryTakeLostInitiate()) Complete(new ToeCompletion(ToeCompletionKind.Initiated, pair.Handle, Ledger: ledger));
    }

    private (RefusalReason Reason, string Detail)? Refuse(TcpConnectionState state)
    {
        if (faults.TryTakeRefusal(out var reason)) return (reason, "refused on demand");
        if (faults.IsTableFull || _table.Count >= options.TableSize)
            return (RefusalReason.NoConnectionEntries, $"all {options.TableSize} table entries are taken");
        if (state.Identity.State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2))
            return (RefusalReason.UnsupportedState, $"the device does not run a connection in {state.Identity.State}");
        if (state.Queues.SendLength > options.SendRingBytes)
            return (RefusalReason.TransmitBufferExhausted, $"a send ring has {options.SendRingBytes} bytes");
        if (Math.Max(state.Receive.RcvWnd, state.Buffers.ReceiveCapacity) > options.MaximumWindow)
            return (RefusalReason.WindowTooLarge, $"the device announces {options.MaximumWindow} bytes at most");
        return state.Path.Mtu > link.Mtu
            ? (RefusalReason.PathMtu, $"the link carries {link.Mtu} bytes, not {state.Path.Mtu}")
            : null;
    }

    private void Activate(DeviceConnection connection, TimeSpan now)
    {
        connection.IsActive = true;
        connection.Resume(now);
        Ring(connection.Pair);
    }

    /// <summary>Takes the frames that reached the device before the command, and gives the connection back.</summary>
    private void Terminate(DeviceConnection connection, TimeSpan now)
    {
        TakeFrames();
        connection.Step(link, now);
        var (record, payload) = transfer.Write(connection.Export(now));
        connection.Pair.Fence();
        Remove(connection);
        if (!faults.TryTakeLostTerminate())
            Complete(new ToeCompletion(ToeCompletionKind.Terminated, connection.Pair.Handle, record, payload));
    }

    private void Serve(DeviceConnection connection, TimeSpan now)
    {
        lock (connection.Pair.Gate)
        {
            if (!connection.IsActive || connection.Pair.IsFenced) return;
            Served.Add(connection.Pair);
            var wish = connection.Step(link, now);
            if (connection.IsClosed)
            {
                connection.Pair.Fence();
                Remove(connection);
                Complete(new ToeCompletion(ToeCompletionKind.Aborted, connection.Pair.Handle, Error: connection.Error));
                return;
            }

            Arm(connection);
            if (faults.TryTakeUpload(connection.Bytes, out var reason)) wish = (reason, "on demand");
            if (wish is var (why, detail))
                Complete(
                    new ToeCompletion(ToeCompletionKind.UploadRequested, connection.Pair.Handle, Upload: why, Detail: detail));
        }

        if (faults.TryTakeReset(connection.Bytes)) Reset();
    }

    /// <summary>Everything in the device's memory is lost; what is in the host's is not.</summary>
    private void Reset()
    {
        foreach (var connection in _table.Values)
        {
            lock (connection.Pair.Gate)
            {
                connection.Pair.Fence();
                connection.Release();
            }
        }

        _table.Clear();
        _timers.Clear();
        while (_commands.TryDequeue(out _))
        {
        }

        while (_frames.TryDequeue(out var frame)) frame.Frame.Buffer.Release();
        while (_completions.TryDequeue(out _))
        {
        }

        Generation++;
    }

    private void Remove(DeviceConnection connection)
    {
        _table.Remove(connection.Pair.Handle);
        connection.Release();
    }

    private void Complete(in ToeCompletion completion) => _completions.TryEnqueue(completion);

    private void TakeFrames()
    {
        for (var left = _frames.Count; left > 0 && _frames.TryDequeue(out var entry); left--)
        {
            if (!_table.TryGetValue(entry.Handle, out var connection))
            {
                entry.Frame.Buffer.Release();
                FrameDrops++;
                continue;
            }

            connection.Add(entry.Frame);
            Ring(connection.Pair);
        }
    }

    private void RingAll()
    {
        foreach (var connection in _table.Values) Ring(connection.Pair);
    }

    private void ExpireTimers(TimeSpan now)
    {
        while (_timers.TryPeek(out var connection, out var at) && at <= now)
        {
            _timers.Dequeue();
            connection.QueuedFor = null;
            if (_table.ContainsKey(connection.Pair.Handle)) Ring(connection.Pair);
        }
    }

    /// <summary>
    /// A deadline that moves back is found when the earlier one expires; one that comes forward is queued anew.
    /// </summary>
    private void Arm(DeviceConnection connection)
    {
        if (connection.NextDeadline is not { } next || connection.QueuedFor <= next) return;
        connection.QueuedFor = next;
        _timers.Enqueue(connection, next);
    }
}
