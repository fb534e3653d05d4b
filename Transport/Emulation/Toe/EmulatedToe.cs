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
public sealed partial class EmulatedToe : IOffloadEngine
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

    /// <summary>Makes a TOE without a thread: nothing happens until <see cref="Step"/> is called.</summary>
    /// <param name="link">The link by which the device sends.</param>
    /// <param name="codec">Serializes the records that cross between host and device.</param>
    /// <param name="time">The clock of host and device.</param>
    /// <param name="options">The build of the device; null: <see cref="EmulatedToeOptions.Default"/>.</param>
    /// <param name="faults">Its faults, which others may share; null: its own, none of them set.</param>
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

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public int Count => _connections.Count;

    /// <summary>The faults that the device shows on demand.</summary>
    public ToeFaults Faults { get; }

    /// <summary>Frames the device had no room or no connection for.</summary>
    public long FrameDrops => Interlocked.Read(ref _frameDrops) + _device.FrameDrops;

    /// <summary>Called on any thread when <see cref="Step"/> has something to do.</summary>
    internal Action? Wake { get; set; }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <inheritdoc/>
    public EngineHandle Initiate(ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events)
    {
        var state = image.State;
        var handle = new EngineHandle(Interlocked.Increment(ref _lastHandle));
        var send = new SendRing(_options.SendRingBytes) { IsCompleted = state.Send.FinSent };
        var receive = new ReceiveRing(buffers.Receive.Capacity);
        receive.Note(buffers.Receive);
        var pair = new QueuePair(handle, send, receive, state with { Queues = new QueuesSection() }, Now);
        _connections[handle] = new HostConnection(pair, image, buffers, events, _ring)
        {
            Generation = Volatile.Read(ref _generation),
        };
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

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Update(EngineHandle handle, SocketOptions options)
    {
        if (!_connections.TryGetValue(handle, out var connection)) return;
        lock (connection.Pair.Gate) connection.Pair.Options = options;
        RingHost(connection);
    }

    /// <inheritdoc/>
    public void Terminate(EngineHandle handle)
    {
        if (_connections.TryGetValue(handle, out var connection)) Command(connection, ToeCommandKind.Terminate);
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
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
                nameof(ConnectionImage.Payload), nameof(ConnectionPayload.OutOfOrder), Fidelity.Lost,
                "was in the device's memory; the peer sends it again"));
        }
    }

    /// <inheritdoc/>
    public void Forward(EngineHandle handle, in LinkFrame frame)
    {
        var copy = FrameBuffer.Rent();
        frame.Packet.Span.CopyTo(copy.Bytes);
        if (!_device.TryPost(handle, frame with { Buffer = copy, Offset = 0 })) Interlocked.Increment(ref _frameDrops);
        Wake?.Invoke();
    }

    /// <inheritdoc/>
    public TcpStatistics? QueryStatistics(EngineHandle handle)
    {
        if (!_connections.TryGetValue(handle, out var connection)) return null;
        lock (connection.Pair.Gate) return connection.Pair.Statistics?.Invoke();
    }

    /// <inheritdoc/>
    public bool TryQuery(EngineHandle handle, out EngineConnectionInfo info)
    {
        info = default;
        if (!_connections.TryGetValue(handle, out var connection)) return false;
        lock (connection.Pair.Gate)
        {
            var status = connection.Pair.Status;
            info = new EngineConnectionInfo(
                status.Identity.State, connection.BytesReceived, connection.BytesSent,
                TimeSpan.FromTicks(status.RoundTrip.SRttTicks), status.Congestion.Cwnd,
                status.Congestion.SsThresh, connection.Retransmissions);
            return true;
        }
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
}
