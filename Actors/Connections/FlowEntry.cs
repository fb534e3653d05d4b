using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>One connection as the demultiplexer knows it. Belongs to the loop's thread.</summary>
internal sealed class FlowEntry
{
    private readonly Listener _listener;
    private readonly SourceCounts? _sources;
    private readonly bool _isFastOpen;
    private bool _isHalfOpen = true;

    public FlowEntry(ConnectionId id, in FlowKey flow, Listener listener, SourceCounts sources, FirstSegment syn)
    {
        Id = id;
        Flow = flow;
        Syn = syn;
        _listener = listener;
        _sources = sources;
        _listener.HalfOpen++;
        _isFastOpen = syn.FastOpen.TakesText;
        if (_isFastOpen) _listener.FastOpen++;
        _sources.Admit(flow.Remote.Address);
    }

    /// <summary>A connection that is opened from here counts for no source.</summary>
    public FlowEntry(ConnectionId id, in FlowKey flow, Listener connector, ActiveOpen open)
    {
        Id = id;
        Flow = flow;
        Open = open;
        _listener = connector;
        _listener.HalfOpen++;
    }

    public ConnectionId Id { get; }

    public FlowKey Flow { get; }

    public ListenerSettings Service => _listener.Settings;

    public TcpSettings Tcp => _listener.Tcp;

    public ConnectionBufferOptions Buffers => _listener.Buffers;

    public AcceptQueue Accepts => _listener.Accepts;

    /// <summary>The SYN until the connection has taken it.</summary>
    public FirstSegment? Syn { get; set; }

    /// <summary>What is to be opened until the connection has taken it.</summary>
    public ActiveOpen? Open { get; set; }

    /// <summary>The connection has taken what it begins with, and can be told of segments.</summary>
    public bool IsReady => Syn is null && Open is null;

    /// <summary>Null until the actor was made.</summary>
    public IActorRef? Actor { get; set; }

    /// <summary>Who runs the connection.</summary>
    public Owner RunsOn { get; set; }

    /// <summary>What of the burst being read belongs to this connection.</summary>
    public SegmentBurst? Pending { get; set; }

    /// <summary>Where segments go instead of the actor; null: to the actor.</summary>
    public IOffloadEngine? SteeredTo { get; private set; }

    public EngineHandle Handle { get; private set; }

    public void Steer(IOffloadEngine engine, EngineHandle handle)
    {
        SteeredTo = engine;
        Handle = handle;
    }

    public void Unsteer() => SteeredTo = null;

    /// <summary>The connection left the handshake, one way or the other: it no longer counts against the backlog.</summary>
    public void EndHandshake()
    {
        if (!_isHalfOpen) return;
        _isHalfOpen = false;
        _listener.HalfOpen--;
        if (_isFastOpen) _listener.FastOpen--;
        _sources?.EndHandshake(Flow.Remote.Address);
    }

    /// <summary>The connection is over, and counts for its source no more. Once.</summary>
    public void Depart(TimeSpan now)
    {
        if (_isFastOpen && _isHalfOpen) _listener.NoteFastOpenEnd(now);
        EndHandshake();
        _sources?.Depart(Flow.Remote.Address);
    }
}
