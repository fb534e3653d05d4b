using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>
/// A server whose connection moves between the software stack and an emulated TOE, and an ordinary client, joined by an in-memory
/// wire under one virtual clock. The rig plays the host: it migrates as the connection's actor does.
/// </summary>
internal sealed class ToeRig : IEngineEvents, IBufferObserver, IDisposable
{
    private readonly RigSettings _settings;
    private readonly VirtualTime _time = new();
    private readonly InMemoryWire _wire;
    private readonly LinkFrame[] _frames = new LinkFrame[64];
    private readonly List<LinkFrame> _held = [];
    private readonly TcpConnection _client;
    private readonly SimulatedSendQueue _clientSend;
    private readonly SimulatedReceiveQueue _clientReceive;
    private readonly TcpSettings _tcpSettings;
    private TcpConnection? _server;
    private ConnectionImage? _moving;
    private TimeSpan? _nextMigration;
    private TimeSpan? _deadline;
    private long _clientWritten;
    private TimeSpan? _deadlineOfRun;
    private UploadReason? _requested;
    private long _epoch;
    private bool _wrote;
    private bool _read;

    public ToeRig(RigSettings settings)
    {
        _settings = settings;
        _wire = new InMemoryWire(new InMemoryWireOptions
        {
            Seed = settings.Seed,
            SegmentationOffload = true,
            LeftToRight = settings.Wire,
            RightToLeft = settings.Wire,
        });
        _tcpSettings = settings.Tcp with { Mtu = _wire.Left.Mtu, MaximumSegmentPayload = _wire.Left.MaximumSegmentPayload };
        Toe = new EmulatedToe(_wire.Left, new JsonStateCodec(), _time, settings.Toe);
        Buffers = new ConnectionBuffers(new ConnectionBufferOptions
        {
            SendCapacity = settings.Capacity,
            ReceiveCapacity = settings.Capacity,
            ApplicationScheduler = PipeScheduler.Inline,
        })
        {
            Observer = this,
        };
        Application = new RigApplication(Buffers.Application, writeSalt: 2, readSalt: 1, settings.ServerBytes);
        _clientSend = new SimulatedSendQueue(settings.Capacity);
        _clientReceive = new SimulatedReceiveQueue(settings.Capacity);
        var (client, server) = settings.IPv6 ? ("fd00::1", "fd00::2") : ("10.0.0.1", "10.0.0.2");
        var flow = new FlowKey(new TcpEndpoint(IpAddress.Parse(client), 40_000), new TcpEndpoint(IpAddress.Parse(server), 7));
        _client = TcpConnection.Connect(
            flow, _tcpSettings, _clientSend, _clientReceive, new SequenceNumber(uint.MaxValue - 50_000), TimeSpan.FromDays(3),
            Now);
        _nextMigration = settings.Migrate;
    }

    public EmulatedToe Toe { get; }

    public ToeFaults Faults => Toe.Faults;

    public ConnectionBuffers Buffers { get; }

    public RigApplication Application { get; }

    public EngineHandle Handle { get; private set; }

    public TimeSpan Now => _time.Now;

    /// <summary>Where the connection runs or, while it moves, ran.</summary>
    public bool IsOffloaded { get; private set; }

    public bool IsMoving => _moving is not null || _deadline is not null;

    public TcpConnection? Server => _server;

    public TcpConnection Client => _client;

    public int Offloads { get; private set; }

    public int Uploads { get; private set; }

    public int Salvages { get; private set; }

    public long ClientRead { get; private set; }

    public bool ClientReads { get; set; } = true;

    public List<(RefusalReason Reason, string Detail)> Refusals { get; } = [];

    public List<(UploadReason Reason, string Detail)> Requests { get; } = [];

    public List<TcpConnectionState> Uploaded { get; } = [];

    public List<ConnectionPayload> UploadedPayload { get; } = [];

    public FidelityLedger? LastLedger { get; private set; }

    public Exception? Aborted { get; private set; }

    /// <summary>The client's next segments with text are marked urgent.</summary>
    public bool SendsUrgent { get; set; }

    public long FramesFromServer => _wire.Left.Statistics.FramesSent;

    /// <summary>The rig does not follow the engine's wishes.</summary>
    public bool IgnoresRequests { get; set; }

    public WireImpairments ServerToClient
    {
        get => _wire.LeftToRight;
        set => _wire.LeftToRight = value;
    }

    public WireImpairments ClientToServer
    {
        get => _wire.RightToLeft;
        set => _wire.RightToLeft = value;
    }

    public bool IsTransferred => Application.HasReadAll && _clientReceive.IsCompleted && _clientReceive.Unread == 0;

    public void Dispose()
    {
        Toe.Dispose();
        _wire.Dispose();
    }

    /// <summary>
    /// Runs until <paramref name="done"/>; fails when <paramref name="limit"/> of virtual time has passed first.
    /// </summary>
    public void Run(Func<bool> done, TimeSpan? limit = null)
    {
        var end = Now + (limit ?? TimeSpan.FromMinutes(10));
        while (true)
        {
            var toe = Settle();
            if (done()) return;
            var next = Next(toe);
            if (next is null || next > end) throw new TimeoutException($"seed {_settings.Seed}: {this}");
            _time.Now = next.Value > Now ? next.Value : Now;
            _wire.Advance(Now);
        }
    }

    public void RunTransfer()
    {
        Application.WriteLimit = long.MaxValue;
        Run(() => IsTransferred);
        Assert.Equal(_settings.ClientBytes, Application.BytesRead);
        Assert.Equal(_settings.ServerBytes, ClientRead);
        Assert.Null(_client.Error);
        Assert.Null(Aborted);
    }

    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        _deadlineOfRun = end;
        Run(() => Now >= end, time);
        _deadlineOfRun = null;
    }

    public void Offload()
    {
        if (_server is null || IsMoving || IsOffloaded
            || _server.State is TcpState.Closing or TcpState.LastAck or TcpState.TimeWait or TcpState.Closed)
        {
            return;
        }

        var image = _server.Capture(ExportScope.Attached, Now);
        _moving = image with { State = image.State.OwnedBy("1-1", ++_epoch) };
        _deadline = Now + _settings.Timeout;
        Handle = Toe.Initiate(_moving, Buffers, this);
    }

    /// <summary>A stranger's text beyond the client's, which acknowledges what was never sent.</summary>
    public void Forge()
    {
        var record = _client.Export(ExportScope.Bare, Now);
        _wire.Right.Send(new OutboundSegment
        {
            Flow = _client.Flow,
            Sequence = new SequenceNumber(record.Send.SndMax) + 5_000,
            Acknowledgment = new SequenceNumber(record.Receive.RcvNxt) + 100_000_000,
            Flags = TcpFlags.Ack,
            HopLimit = 64,
            Payload = new ReadOnlySequence<byte>(new byte[10]),
            MaximumPayload = 10,
        });
    }

    public void Upload()
    {
        if (!IsOffloaded || IsMoving) return;
        _epoch++;
        _deadline = Now + _settings.Timeout;
        Toe.Terminate(Handle);
    }

    public void Salvage()
    {
        _epoch++;
        var (image, ledger) = Toe.Salvage(Handle) ?? throw new InvalidOperationException("nothing to salvage");
        Salvages++;
        Import(image, ledger);
    }

    void IBufferObserver.OnApplicationWrote() => _wrote = true;

    void IBufferObserver.OnApplicationRead() => _read = true;

    void IEngineEvents.Initiated(EngineHandle handle, FidelityLedger ledger)
    {
        if (handle != Handle || _moving is null) return;
        _server = null;
        Buffers.Send.Acknowledge(_moving.State.Queues.SendLength);
        Toe.Activate(handle);
        IsOffloaded = true;
        Offloads++;
        _moving = null;
        _deadline = null;
        foreach (var frame in _held) Toe.Forward(handle, frame);
        ReleaseHeld();
    }

    void IEngineEvents.Refused(EngineHandle handle, RefusalReason reason, string detail)
    {
        Refusals.Add((reason, detail));
        RollBack();
    }

    void IEngineEvents.UploadRequested(EngineHandle handle, UploadReason reason, string detail)
    {
        if (handle != Handle || !IsOffloaded) return;
        Requests.Add((reason, detail));
        if (!IgnoresRequests) _requested = reason;
    }

    void IEngineEvents.Frozen(EngineHandle handle) => Assert.Equal(Handle, handle);

    void IEngineEvents.Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger)
    {
        Uploads++;
        Import(image, ledger);
    }

    void IEngineEvents.Aborted(EngineHandle handle, Exception error)
    {
        Aborted = error;
        IsOffloaded = false;
        _deadline = null;
    }

    public override string ToString() =>
        $"at {Now.TotalSeconds:0.000} s: client {_client.State} read {ClientRead} wrote {_clientWritten}, server "
        + $"{(IsOffloaded ? "toe" : _server?.State.ToString())} read {Application.BytesRead} wrote {Application.Written}, "
        + $"{Offloads} offloads, {Uploads} uploads, {Salvages} salvages, aborted by {Aborted?.Message}";

    private void Import(ConnectionImage image, FidelityLedger ledger)
    {
        Uploaded.Add(image.State);
        UploadedPayload.Add(image.Payload);
        LastLedger = ledger;
        IsOffloaded = false;
        _deadline = null;
        _requested = null;
        Buffers.Observer = this;
        Buffers.Receive.Restore(image.Payload.Undelivered);
        if (image.State.Receive.FinReceived) Buffers.Receive.Complete();
        Buffers.Send.EndPump(image.Payload.Send);
        _server = TcpConnection.Import(image, _tcpSettings, Buffers.Send, Buffers.Receive, Now);
        _server.Resume(Now);
        _wrote = _read = true;
        FeedHeld();
    }

    private void RollBack()
    {
        _moving = null;
        _deadline = null;
        _wrote = _read = true;
        FeedHeld();
    }

    /// <summary>Does all that is to be done at this moment. Returns when the TOE wants to be driven again.</summary>
    private TimeSpan? Settle()
    {
        while (true)
        {
            var worked = Migrate() | ReceiveAtServer() | ReceiveAtClient();
            if (IsOffloaded || _server?.State is not (null or TcpState.SynReceived)) Application.Run();
            RunServer();
            RunClient();
            var toe = Toe.Step();
            if (!worked && toe != TimeSpan.Zero && !(_wire.NextDelivery <= Now)) return Now + toe;
        }
    }

    private bool Migrate()
    {
        if (_requested is { } reason && IsOffloaded && !IsMoving)
        {
            _requested = null;
            if (reason == UploadReason.EngineLost) Salvage();
            else Upload();
            return true;
        }

        if (_deadline <= Now)
        {
            _deadline = null;
            if (IsOffloaded)
            {
                Salvage();
            }
            else
            {
                Toe.Invalidate(Handle);
                RollBack();
            }

            return true;
        }

        if (_nextMigration > Now || _nextMigration is null) return false;
        _nextMigration += _settings.Migrate;
        if (IsOffloaded) Upload();
        else Offload();
        return true;
    }

    private bool ReceiveAtServer()
    {
        var count = _wire.Left.Receive(_frames);
        for (var i = 0; i < count; i++) ArriveAtServer(_frames[i]);
        if (count > 0 && !IsMoving) _server?.OnBurstEnd(Now);
        return count > 0;
    }

    private void ArriveAtServer(LinkFrame frame)
    {
        if (IsMoving)
        {
            _held.Add(frame);
            return;
        }

        if (IsOffloaded)
            Toe.Forward(Handle, frame);
        else
            Feed(frame);
        frame.Buffer.Release();
    }

    private void Feed(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        if (_server is null && packet.Tcp.Has(TcpFlags.Syn))
        {
            _server = TcpConnection.Accept(
                packet.Flow, packet.Tcp, _tcpSettings, Buffers.Send, Buffers.Receive, new SequenceNumber(77_000),
                TimeSpan.FromHours(7), Now);
            return;
        }

        _server?.OnSegment(packet.Tcp, Now);
    }

    private void FeedHeld()
    {
        foreach (var frame in _held) Feed(frame);
        ReleaseHeld();
        _server!.OnBurstEnd(Now);
    }

    private void ReleaseHeld()
    {
        foreach (var frame in _held) frame.Buffer.Release();
        _held.Clear();
    }

    private void RunServer()
    {
        if (_server is null || IsMoving) return;
        _server.OnTimer(Now);
        if (_wrote && Buffers.Send.Refresh()) _server.OnApplicationWrote(Now);
        if (_read) _server.OnApplicationRead(Now);
        _wrote = _read = false;
        while (_server.TryTransmit(Now, out var segment)) _wire.Left.Send(segment);
    }

    private bool ReceiveAtClient()
    {
        var count = _wire.Right.Receive(_frames);
        for (var i = 0; i < count; i++)
        {
            PacketReader.Read(_frames[i].Packet, _frames[i].ChecksumVerified, _frames[i].SegmentSize, out var packet);
            _client.OnSegment(packet.Tcp, Now);
            _frames[i].Buffer.Release();
        }

        if (count > 0) _client.OnBurstEnd(Now);
        return count > 0;
    }

    private void RunClient()
    {
        _client.OnTimer(Now);
        if (_client.State is not (TcpState.SynSent or TcpState.Closed)) WriteAndRead();
        while (_client.TryTransmit(Now, out var segment))
        {
            if (SendsUrgent && !segment.Payload.IsEmpty)
            {
                segment.Flags |= TcpFlags.Urg;
                segment.UrgentPointer = 1;
            }

            _wire.Right.Send(segment);
        }
    }

    private void WriteAndRead()
    {
        var count = (int)Math.Min(_clientSend.Free, _settings.ClientBytes - _clientWritten);
        if (count > 0) _clientSend.Write(TestPattern.Take(_clientWritten, count, salt: 1));
        _clientWritten += count;
        var closes = _clientWritten == _settings.ClientBytes && !_clientSend.IsCompleted;
        if (closes) _clientSend.Complete();
        if (count > 0 || closes) _client.OnApplicationWrote(Now);
        if (!ClientReads || _clientReceive.Visible == 0) return;
        var bytes = _clientReceive.Read(int.MaxValue);
        TestPattern.Verify(bytes, ClientRead, salt: 2);
        ClientRead += bytes.Length;
        _client.OnApplicationRead(Now);
    }

    private TimeSpan? Next(TimeSpan? toe)
    {
        TimeSpan? next = null;
        foreach (var at in (TimeSpan?[])[toe, _wire.NextDelivery, _client.NextDeadline, _nextMigration, _deadline, _deadlineOfRun,
            IsMoving ? null : _server?.NextDeadline])
        {
            if (at is not null && !(next <= at)) next = at;
        }

        return next;
    }
}
