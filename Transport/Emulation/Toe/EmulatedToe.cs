using System.Collections.Concurrent;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// An emulated TOE: the driver on the host and, behind rings, the device. The device gets nothing but serialized records and
/// frames steered to it, and fails on demand (<see cref="Faults"/>). <see cref="Start"/> gives it a thread; one that was
/// constructed has none and is driven by calling <see cref="Step"/>, as in simulations.
/// </summary>
/// <remarks>
/// Nothing the device has is needed to go on without it: received bytes reach host memory before they are acknowledged, sent ones
/// stay there until they are, and the status block holds the rest. So <see cref="Salvage"/> loses only what a wire may lose:
/// frames on their way to the device, and segments that came out of order.
/// </remarks>
public sealed class EmulatedToe : IOffloadEngine
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(10);

    private readonly ToeTransfer _transfer;
    private readonly EmulatedToeOptions _options;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ToeDevice _device;
    private readonly ConcurrentDictionary<EngineHandle, HostConnection> _connections = new();
    private readonly ConcurrentQueue<HostConnection> _doorbells = new();
    private readonly HashSet<HostConnection> _watched = [];
    private readonly Action<HostConnection> _ring;
    private ToeThread? _thread;
    private Exception? _failure;
    private int _generation;
    private long _lastHandle;
    private long _frameDrops;

    public EmulatedToe(
        ILink link, IStateCodec codec, TimeProvider time, EmulatedToeOptions? options = null, ToeFaults? faults = null)
    {
        _transfer = new ToeTransfer(codec);
        _time = time;
        _origin = time.GetTimestamp();
        _options = options ?? EmulatedToeOptions.Default;
        Faults = faults ?? new ToeFaults();
        _device = new ToeDevice(link, _transfer, _options, Faults);
        _ring = RingHost;
        Faults.Changed = () => Wake?.Invoke();
        Capabilities = new EngineCapabilities(_options.TableSize, FidelityLedger.Exact);
    }

    /// <summary>A TOE on a thread of its own, which ends with it.</summary>
    public static EmulatedToe Start(ILink link, IStateCodec codec, EmulatedToeOptions? options = null, ToeFaults? faults = null)
    {
        var toe = new EmulatedToe(link, codec, TimeProvider.System, options, faults);
        toe._thread = new ToeThread(toe);
        return toe;
    }

    public string Name => _options.Name;

    public EngineCapabilities Capabilities { get; }

    public int Count => _connections.Count;

    public ToeFaults Faults { get; }

    /// <summary>Frames the device had no room or no connection for.</summary>
    public long FrameDrops => Interlocked.Read(ref _frameDrops) + _device.FrameDrops;

    /// <summary>Told, on any thread, that <see cref="Step"/> has something to do.</summary>
    internal Action? Wake { get; set; }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    public EngineHandle Initiate(ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events)
    {
        var state = image.State;
        var handle = new EngineHandle(Interlocked.Increment(ref _lastHandle));
        var send = new SendRing(_options.SendRingBytes) { IsCompleted = state.Send.FinSent };
        var receive = new ReceiveRing(buffers.Receive.Capacity);
        receive.Note(buffers.Receive);
        var pair = new QueuePair(handle, send, receive, state with { Queues = new QueuesSection() }, Now);
        _connections[handle] = new HostConnection(pair, image, buffers, events, _ring) { Generation = Volatile.Read(ref _generation) };
        var (record, payload) = _transfer.Write(image);
        var refusal = _failure is { } failure ? (RefusalReason.EngineStopped, failure.Message)
            : _device.TryPost(new ToeCommand(ToeCommandKind.Initiate, pair, record, payload)) ? default((RefusalReason, string)?)
            : (RefusalReason.SystemError, "the command ring is full");
        if (refusal is var (reason, detail))
        {
            _connections.TryRemove(handle, out _);
            events.Refused(handle, reason, detail);
            return handle;
        }

        Wake?.Invoke();
        return handle;
    }

    public void Activate(EngineHandle handle)
    {
        if (!_connections.TryGetValue(handle, out var connection)) return;
        lock (connection.Pair.Gate) connection.Activate();
        Command(connection, ToeCommandKind.Activate);
    }

    /// <summary>Nothing to do: the device stands behind the link, and all its frames come by <see cref="Forward"/>.</summary>
    public void Engage(EngineHandle handle)
    {
    }

    public void Update(EngineHandle handle, SocketOptions options)
    {
        if (!_connections.TryGetValue(handle, out var connection)) return;
        lock (connection.Pair.Gate) connection.Pair.Options = options;
        RingHost(connection);
    }

    public void Terminate(EngineHandle handle)
    {
        if (_connections.TryGetValue(handle, out var connection)) Command(connection, ToeCommandKind.Terminate);
    }

    public void Invalidate(EngineHandle handle)
    {
        if (!_connections.TryRemove(handle, out var connection)) return;
        lock (connection.Pair.Gate)
        {
            connection.Pair.Fence();
            connection.Detach();
        }

        Command(connection, ToeCommandKind.Forget);
    }

    public (ConnectionImage Image, FidelityLedger Ledger)? Salvage(EngineHandle handle)
    {
        if (!_connections.TryRemove(handle, out var connection)) return null;
        lock (connection.Pair.Gate)
        {
            connection.Pair.Fence();
            if (!connection.IsActive) return null;
            var image = connection.Salvage(Now);
            Command(connection, ToeCommandKind.Forget);
            return (image, FidelityLedger.Exact.With(
                nameof(ConnectionImage.Payload), nameof(ConnectionPayload.OutOfOrder), Fidelity.Lost, "was in the device's memory; the peer sends it again"));
        }
    }

    public void Forward(EngineHandle handle, in LinkFrame frame)
    {
        var copy = FrameBuffer.Rent();
        frame.Packet.Span.CopyTo(copy.Bytes);
        if (!_device.TryPost(handle, frame with { Buffer = copy, Offset = 0 })) Interlocked.Increment(ref _frameDrops);
        Wake?.Invoke();
    }

    public TcpStatistics? QueryStatistics(EngineHandle handle)
    {
        if (!_connections.TryGetValue(handle, out var connection)) return null;
        lock (connection.Pair.Gate) return connection.Pair.Statistics?.Invoke();
    }

    public bool TryQuery(EngineHandle handle, out EngineConnectionInfo info)
    {
        info = default;
        if (!_connections.TryGetValue(handle, out var connection)) return false;
        lock (connection.Pair.Gate)
        {
            var status = connection.Pair.Status;
            info = new EngineConnectionInfo(
                status.Identity.State, connection.BytesReceived, connection.BytesSent, TimeSpan.FromTicks(status.RoundTrip.SRttTicks), status.Congestion.Cwnd,
                status.Congestion.SsThresh, connection.Retransmissions);
            return true;
        }
    }

    /// <summary>
    /// Lets driver and device do what there is to do now. Returns the time until there will be more; null: until something comes.
    /// </summary>
    public TimeSpan? Step()
    {
        var now = Now;
        for (var left = _doorbells.Count; left > 0 && _doorbells.TryDequeue(out var connection); left--) Attend(connection);
        var next = _device.Step(now);
        foreach (var pair in _device.Served)
        {
            if (_connections.TryGetValue(pair.Handle, out var connection)) OnServed(connection);
        }

        while (_device.TryTake(out var completion)) Complete(completion);
        if (_device.Generation != _generation) OnReset();
        var hasPosted = _watched.Count > 0 && Watch(now);
        if (hasPosted || !_doorbells.IsEmpty || next <= now) return TimeSpan.Zero;
        var pause = next - now;
        return _watched.Count > 0 && !(pause < WatchInterval) ? WatchInterval : pause;
    }

    /// <summary>The device's program failed: all its connections are to be rebuilt, and it takes no more.</summary>
    internal void Fail(Exception error)
    {
        _failure = error;
        foreach (var connection in _connections.Values)
            connection.Events.UploadRequested(connection.Pair.Handle, UploadReason.EngineLost, error.Message);
    }

    /// <summary>Forgets all connections silently. The link is the stack's to close.</summary>
    public void Dispose()
    {
        _thread?.Dispose();
        foreach (var handle in _connections.Keys) Invalidate(handle);
    }

    private void RingHost(HostConnection connection)
    {
        if (!connection.TryMarkRung()) return;
        _doorbells.Enqueue(connection);
        Wake?.Invoke();
    }

    /// <summary>Goes into the ring at the next step, or at a later one where it is full.</summary>
    private void Command(HostConnection connection, ToeCommandKind kind)
    {
        lock (connection.Pair.Gate) connection.Pending = kind;
        RingHost(connection);
    }

    private void Attend(HostConnection connection)
    {
        connection.ClearRung();
        lock (connection.Pair.Gate)
        {
            PostPending(connection);
            Pump(connection);
        }
    }

    /// <summary>True where there was a command, and it is in the ring now.</summary>
    private bool PostPending(HostConnection connection)
    {
        if (connection.Pending is not { } kind) return false;
        if (_device.TryPost(new ToeCommand(kind, connection.Pair)))
        {
            connection.Pending = null;
            return true;
        }

        _watched.Add(connection);
        return false;
    }

    private void Pump(HostConnection connection)
    {
        if (connection.Pump()) _device.Ring(connection.Pair);
        if (connection.WantsToClose) Wish(connection, UploadReason.ApplicationClosing, "the application closed");
    }

    /// <summary>The device's interrupt: bytes arrived, bytes were acknowledged.</summary>
    private void OnServed(HostConnection connection)
    {
        lock (connection.Pair.Gate)
        {
            if (connection.Pair.IsFenced) return;
            if (Faults.IsDeliveryStalled) _watched.Add(connection);
            else connection.Deliver();
            Pump(connection);
        }
    }

    private void Complete(in ToeCompletion completion)
    {
        var handle = completion.Handle;
        if (!_connections.TryGetValue(handle, out var connection)) return;
        switch (completion.Kind)
        {
            case ToeCompletionKind.Initiated:
                connection.Events.Initiated(handle, completion.Ledger ?? FidelityLedger.Exact);
                break;
            case ToeCompletionKind.Refused:
                _connections.TryRemove(handle, out _);
                connection.Events.Refused(handle, completion.Refusal, completion.Detail);
                break;
            case ToeCompletionKind.UploadRequested:
                Wish(connection, completion.Upload, completion.Detail);
                break;
            case ToeCompletionKind.Terminated when _connections.TryRemove(handle, out _):
                OnTerminated(connection, completion);
                break;
            case ToeCompletionKind.Aborted when _connections.TryRemove(handle, out _):
                OnAborted(connection, completion.Error);
                break;
        }
    }

    private void OnTerminated(HostConnection connection, in ToeCompletion completion)
    {
        connection.Events.Frozen(connection.Pair.Handle);
        var image = _transfer.Read(completion.Record, completion.Payload!, out var ledger);
        lock (connection.Pair.Gate) connection.Detach(image.State);
        connection.Events.Terminated(connection.Pair.Handle, image, ledger);
    }

    private static void OnAborted(HostConnection connection, Exception? error)
    {
        lock (connection.Pair.Gate)
        {
            connection.Deliver();
            connection.Detach();
        }

        connection.Events.Aborted(connection.Pair.Handle, error ?? new IOException("both sides closed the connection"));
    }

    private void OnReset()
    {
        Volatile.Write(ref _generation, _device.Generation);
        foreach (var connection in _connections.Values.Where(connection => connection.Generation < _generation))
            Wish(connection, UploadReason.EngineLost, "the device was reset", replace: true);
    }

    private void Wish(HostConnection connection, UploadReason reason, string detail, bool replace = false)
    {
        if (connection.Wish is not null && !replace) return;
        connection.Wish = (reason, detail);
        connection.AskAt = TimeSpan.MinValue;
        _watched.Add(connection);
    }

    /// <summary>
    /// What could not be done at once, and wishes: the host may have rolled back what it began. True where the device got a
    /// command.
    /// </summary>
    private bool Watch(TimeSpan now)
    {
        var hasPosted = false;
        foreach (var connection in _watched.ToArray())
        {
            var handle = connection.Pair.Handle;
            if (connection.Wish is var (reason, detail) && now >= connection.AskAt && _connections.ContainsKey(handle))
            {
                connection.AskAt = now + _options.AskAgain;
                connection.Events.UploadRequested(handle, reason, detail);
            }

            lock (connection.Pair.Gate)
            {
                hasPosted |= PostPending(connection);
                if (!Faults.IsDeliveryStalled && !connection.Pair.IsFenced) connection.Deliver();
                var isWaiting = connection.Pending is not null || (Faults.IsDeliveryStalled && _connections.ContainsKey(handle));
                if (!isWaiting && (connection.Wish is null || !_connections.ContainsKey(handle))) _watched.Remove(connection);
            }
        }

        return hasPosted;
    }
}
