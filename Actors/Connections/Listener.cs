using ActorStack.Actors.Loop;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A port that takes connections, as the demultiplexer knows it.</summary>
internal sealed class Listener(ListenerSettings settings, StackContext stack, IActorRef actor)
{
    private static readonly TimeSpan FastOpenMemory = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _fastOpenEnds = new();

    public ListenerSettings Settings => settings;

    /// <summary>What the service's connections start with.</summary>
    public TcpSettings Tcp { get; } = settings.Options is { } options ? stack.Tcp with { Options = options } : stack.Tcp;

    /// <summary>The stack's, with the listener's own scheduling and bounds.</summary>
    public ConnectionBufferOptions Buffers { get; } = Bound(stack.Buffers, settings.Options ?? stack.Tcp.Options) with
    {
        ApplicationScheduler = settings.UnsafePreferInlineScheduling ? PreferInlineScheduler.Instance : stack.Buffers.ApplicationScheduler,
    };

    public IActorRef Actor => actor;

    /// <summary>Established connections whose application has not begun.</summary>
    public AcceptQueue Accepts => field ??= new AcceptQueue(settings, Buffers.ApplicationScheduler, stack.Errors, stack.Stopping.Token);

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen { get; set; }

    /// <summary>Of these, those that are served already (RFC 7413).</summary>
    public int FastOpen { get; set; }

    /// <summary>
    /// Those, and those that ended in the handshake within a minute: a RST of a host whose address is misused must not make room for the
    /// next (RFC 7413 section 5.1).
    /// </summary>
    public int PendingFastOpens(TimeSpan now)
    {
        while (_fastOpenEnds.TryPeek(out var at) && now - at > FastOpenMemory) _fastOpenEnds.Dequeue();
        return FastOpen + _fastOpenEnds.Count;
    }

    /// <summary>One ended before its handshake did.</summary>
    public void NoteFastOpenEnd(TimeSpan now) => _fastOpenEnds.Enqueue(now);

    /// <summary>Buffers that are no larger than the options allow: an application waits where its pipe is full.</summary>
    private static ConnectionBufferOptions Bound(ConnectionBufferOptions buffers, SocketOptions options) => buffers with
    {
        InitialSendLimit = options.NotSentLowWater > 0 ? Math.Min(options.NotSentLowWater, buffers.InitialSendLimit) : buffers.InitialSendLimit,
        SendCapacity = options.SendBuffer > 0 ? Math.Min(options.SendBuffer, buffers.SendCapacity) : buffers.SendCapacity,
        ReceiveCapacity = options.ReceiveBuffer > 0 ? Math.Min(options.ReceiveBuffer, buffers.ReceiveCapacity) : buffers.ReceiveCapacity,
    };
}
