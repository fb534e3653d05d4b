using System.Buffers;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Support;

/// <summary>A connection in a <see cref="FakeEngine"/>, run by a software connection of the engine's own.</summary>
internal sealed class FakeEngineConnection(
    FakeEngine engine, EngineHandle handle, ConnectionImage initial, ConnectionBuffers buffers, IEngineEvents events, ILink link,
    TcpSettings settings) : IBufferObserver
{
    private readonly FakeReceiveQueue _receive = new(buffers.Receive);
    private TcpConnection? _tcp;
    private IBufferObserver? _observer;

    public ConnectionImage InitialImage => initial;

    public TcpConnectionState Initial => initial.State;

    public EngineHandle Handle => handle;

    public IEngineEvents Events => events;

    public bool IsActive => _tcp is not null;

    /// <summary>Emits and takes nothing any more.</summary>
    public bool IsDead { get; set; }

    public TimeSpan? NextDeadline => IsDead ? null : _tcp?.NextDeadline;

    public EngineConnectionInfo? Info
    {
        get
        {
            if (_tcp?.Info is not { } info) return null;
            return new EngineConnectionInfo(
                info.State, info.BytesReceived - Initial.Statistics.BytesReceived, info.BytesSent - Initial.Statistics.BytesSent,
                info.RoundTripTime,
                info.CongestionWindow, info.SlowStartThreshold, info.Retransmissions - Initial.Statistics.Retransmissions);
        }
    }

    public void AnswerInitiate()
    {
        if (engine.Refusal is { } reason)
        {
            engine.Forget(handle);
            events.Refused(handle, reason, "as the test wants");
            return;
        }

        events.Initiated(handle, engine.InitiateLedger);
    }

    public void Activate()
    {
        buffers.Send.BeginPump();
        buffers.Send.EndPump(initial.Payload.Send);
        _observer = buffers.Observer;
        buffers.Observer = this;
        _tcp = TcpConnection.Import(initial, settings, buffers.Send, _receive, engine.Now);
        _receive.Keeps = engine.KeepsReceived;
        _tcp.Resume(engine.Now);
    }

    public void Update(SocketOptions options) => _tcp!.SetOptions(options, engine.Now);

    public void AnswerTerminate()
    {
        events.Frozen(handle);
        events.Terminated(handle, TakeState(), engine.TerminateLedger);
    }

    /// <summary>
    /// The state with all bytes this engine holds; it is out of the engine then. It had taken all the application wrote off the
    /// pipe, as a device that prefetches does: what it did not send comes back as unsent.
    /// </summary>
    public ConnectionImage TakeState()
    {
        engine.Forget(handle);
        IsDead = true;
        var (state, payload) = _tcp!.Capture(ExportScope.Whole, engine.Now);
        payload = payload with { Undelivered = new ReadOnlySequence<byte>(_receive.TakeKept()) };
        state = state.OwnedBy(Initial.Identity.ConnectionId, Initial.Identity.Epoch) with
        {
            Queues = state.Queues with { UndeliveredLength = (int)payload.Undelivered.Length },
        };
        buffers.Send.Acknowledge(state.Queues.SendLength);
        buffers.Send.BeginPump();
        return new ConnectionImage(state, payload);
    }

    public void Ask(UploadReason reason, string detail = "") => events.UploadRequested(handle, reason, detail);

    /// <summary>The connection ends in the engine.</summary>
    public void Abort(Exception error)
    {
        engine.Forget(handle);
        IsDead = true;
        buffers.Send.BeginPump();
        events.Aborted(handle, error);
    }

    public void Forward(in LinkFrame frame)
    {
        if (IsDead || _tcp is null) return;
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        _tcp.OnSegment(packet.Tcp, engine.Now);
        _tcp.OnBurstEnd(engine.Now);
    }

    public bool Turn()
    {
        if (IsDead || _tcp is null) return false;
        var worked = buffers.AbortError is null && buffers.Send.Refresh();
        if (worked) _tcp.OnApplicationWrote(engine.Now);
        _tcp.OnApplicationRead(engine.Now);
        if (_tcp.NextDeadline <= engine.Now) _tcp.OnTimer(engine.Now);
        _tcp.OnBurstEnd(engine.Now);
        while (_tcp.TryTransmit(engine.Now, out var segment))
        {
            link.Send(segment);
            worked = true;
        }

        if ((_tcp.TakeEvents() & TcpEvents.Closed) == 0) return worked;
        Abort(_tcp.Error ?? new IOException("closed in the engine"));
        return true;
    }

    /// <summary>Noticed at the next turn; an abort is the host's to notice.</summary>
    void IBufferObserver.OnApplicationWrote() => _observer?.OnApplicationWrote();

    void IBufferObserver.OnApplicationRead() => _observer?.OnApplicationRead();
}
