using System.Diagnostics;
using System.IO.Pipelines;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>
/// One connection of a <see cref="LinkHost"/>, which moves between the software stack and an engine. On the host's thread but
/// where said.
/// </summary>
internal sealed class HostedConnection : IBufferObserver, IEngineEvents
{
    private readonly LinkHost _host;
    private readonly List<LinkFrame> _held = [];
    private readonly ConnectionBuffers _buffers = new(ConnectionBufferOptions.Default with { InitialSendLimit = 1 << 20 });
    private TcpConnection? _software;
    private IOffloadEngine? _engine;
    private EngineHandle _handle;
    private bool _isHolding;
    private long _frozenAt;
    private TaskCompletionSource<FidelityLedger>? _offloading;
    private TaskCompletionSource<TcpConnectionState>? _uploading;

    public HostedConnection(LinkHost host, in IpPacket syn, SequenceNumber iss)
    {
        _host = host;
        _buffers.Observer = this;
        _software = TcpConnection.Accept(
            syn.Flow, syn.Tcp, host.Settings, _buffers.Send, _buffers.Receive, iss, TimeSpan.FromHours(1), LinkHost.Now);
    }

    /// <summary>Any thread.</summary>
    public IDuplexPipe Pipe => _buffers.Application;

    public ConnectionBuffers Buffers => _buffers;

    public TimeSpan? NextDeadline => _software?.NextDeadline;

    public TimeSpan Blackout { get; private set; }

    public FidelityLedger? ExportLedger { get; private set; }

    /// <summary>The record the last offload was made from.</summary>
    public TcpConnectionState? Exported { get; private set; }

    /// <summary>What an engine gave back last.</summary>
    public ConnectionImage? Uploaded { get; private set; }

    /// <summary>What the engine that now has the connection asked for.</summary>
    public TaskCompletionSource<UploadReason> UploadWanted { get; private set; } = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<Exception> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TcpState State => _software?.State ?? TcpState.Closed;

    public IOffloadEngine Engine => _engine!;

    public EngineHandle Handle => _handle;

    /// <summary>Any thread. Throws <see cref="OffloadRefusedException"/>.</summary>
    public Task<FidelityLedger> OffloadAsync(IOffloadEngine engine, Func<TcpConnectionState, TcpConnectionState> edit) =>
        OffloadImageAsync(engine, image => image with { State = edit(image.State) });

    /// <summary>Any thread. Throws <see cref="OffloadRefusedException"/>.</summary>
    public Task<FidelityLedger> OffloadAsync(IOffloadEngine engine) => OffloadImageAsync(engine, edit: null);

    /// <summary>Any thread. Throws <see cref="OffloadRefusedException"/>.</summary>
    public Task<FidelityLedger> OffloadImageAsync(IOffloadEngine engine, Func<ConnectionImage, ConnectionImage>? edit)
    {
        _offloading = new TaskCompletionSource<FidelityLedger>(TaskCreationOptions.RunContinuationsAsynchronously);
        UploadWanted = new TaskCompletionSource<UploadReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Post(() =>
        {
            _engine = engine;
            var image = _software!.Capture(ExportScope.Attached, LinkHost.Now);
            if (edit is not null) image = edit(image);
            Exported = image.State;
            _frozenAt = Stopwatch.GetTimestamp();
            _isHolding = true;
            engine.Initiate(image, _buffers, this);
        });
        return _offloading.Task;
    }

    /// <summary>Any thread. What the engine gave back.</summary>
    public Task<TcpConnectionState> UploadAsync(bool resume = true)
    {
        _uploading = new TaskCompletionSource<TcpConnectionState>(TaskCreationOptions.RunContinuationsAsynchronously);
        _resume = resume;
        _host.Post(() =>
        {
            if (Ended.Task.IsCompleted) _uploading.TrySetException(Ended.Task.Result);
            else _engine!.Terminate(_handle);
        });
        return _uploading.Task;
    }

    /// <summary>
    /// Any thread. Ends when what was written until now is sent as far as it can be, no acknowledgment is owed, and the state is
    /// this.
    /// </summary>
    public Task QuiesceAsync(TcpState state = TcpState.Established) => QuiesceAsync(record => record.Identity.State == state);

    /// <summary>The same, when <paramref name="condition"/> holds of the record.</summary>
    public async Task QuiesceAsync(Func<TcpConnectionState, bool> condition)
    {
        await _host.CallAsync(() => true);
        await Until.TrueAsync(() => _host.CallAsync(() => _software!.Export(ExportScope.Attached, LinkHost.Now)
            is { Pending.AckPending: false, Timers.DelayedAckTicksLeft: TcpConnectionState.NotRunning } record
                && condition(record)).Result);
    }

    /// <summary>Any thread. Into the engine and out again, waiting in both; false once the connection is closing.</summary>
    public async Task<bool> TryMoveAsync(IOffloadEngine engine, Func<Task> stay)
    {
        await stay();
        try
        {
            await OffloadAsync(engine);
        }
        catch (OffloadRefusedException refusal) when (refusal.Reason is RefusalReason.UnsupportedState)
        {
            return false;
        }

        await Task.WhenAny(stay(), UploadWanted.Task);
        await UploadAsync();
        return true;
    }

    private bool _resume;

    public void OnFrame(LinkFrame frame, in TcpSegment segment)
    {
        if (_isHolding)
        {
            _held.Add(frame);
            return;
        }

        if (_software is not null) _software.OnSegment(segment, LinkHost.Now);
        else _engine!.Forward(_handle, frame);
        frame.Buffer.Release();
    }

    public void OnTurnEnd(TimeSpan now)
    {
        if (_software is null || _isHolding) return;
        if (NextDeadline is { } deadline && deadline <= now) _software.OnTimer(now);
        _software.OnBurstEnd(now);
        if (_buffers.Send.Refresh()) _software.OnApplicationWrote(now);
        _software.OnApplicationRead(now);
        while (_software.TryTransmit(now, out var segment)) _host.Link.Send(segment);
        var events = _software.TakeEvents();
        if ((events & TcpEvents.Established) != 0) _host.OnEstablished(this);
        if ((events & TcpEvents.Closed) != 0)
            Ended.TrySetResult(_software.Error ?? new EndOfStreamException());
    }

    void IBufferObserver.OnApplicationWrote() => _host.Link.Wake();

    void IBufferObserver.OnApplicationRead() => _host.Link.Wake();

    void IEngineEvents.Initiated(EngineHandle handle, FidelityLedger ledger) => _host.Post(() =>
    {
        _buffers.Send.Acknowledge(Exported!.Queues.SendLength);
        _software = null;
        _handle = handle;
        _engine!.Activate(handle);
        ReleaseHeld();
        _host.WhenDrained(() => _engine!.Engage(handle));
        Blackout = Stopwatch.GetElapsedTime(_frozenAt);
        _offloading!.SetResult(ledger);
    });

    void IEngineEvents.Refused(EngineHandle handle, RefusalReason reason, string detail) => _host.Post(() =>
    {
        ReleaseHeld();
        _offloading!.SetException(new OffloadRefusedException(reason, detail));
    });

    void IEngineEvents.UploadRequested(EngineHandle handle, UploadReason reason, string detail) =>
        UploadWanted.TrySetResult(reason);

    void IEngineEvents.Frozen(EngineHandle handle)
    {
        _frozenAt = Stopwatch.GetTimestamp();
        _host.Post(() => _isHolding = true);
    }

    void IEngineEvents.Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger) => _host.Post(() =>
    {
        ExportLedger = ledger;
        Uploaded = image;
        _buffers.Send.EndPump(image.Payload.Send);
        _software = TcpConnection.Import(image, _host.Settings, _buffers.Send, _buffers.Receive, LinkHost.Now);
        if (_resume) _software.Resume(LinkHost.Now);
        ReleaseHeld();
        Blackout = Stopwatch.GetElapsedTime(_frozenAt);
        _uploading!.SetResult(image.State);
    });

    void IEngineEvents.Aborted(EngineHandle handle, Exception error)
    {
        Ended.TrySetResult(error);
        _uploading?.TrySetException(error);
    }

    private void ReleaseHeld()
    {
        _isHolding = false;
        foreach (var frame in _held)
        {
            PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
            OnFrame(frame, packet.Tcp);
        }

        _held.Clear();
    }
}
