using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Logs which limit refuses connections: at most one line for each limit in an interval, however many connections are refused.
/// Any thread may call it.
/// </summary>
internal sealed class RefusalLog(StackShared stack)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Line[] _lines = new Line[Enum.GetValues<DropReason>().Length];

    /// <summary>Notes a packet that was dropped or answered with a cookie. Only drops because of a limit are logged.</summary>
    public void Note(DropReason reason, in TcpEndpoint source)
    {
        if (Describe(reason) is not { } description) return;
        var now = stack.Now;
        long refused;
        lock (_gate)
        {
            ref var line = ref _lines[(int)reason];
            refused = ++line.Refused;
            if (now - line.WrittenAt < Interval) return;
            line = new Line { WrittenAt = now };
        }

        stack.Log.Warning(
            "{0}; {1} SYNs met it since this was last said, the latest from {2}", description(stack), refused, source);
    }

    private static Func<StackShared, string>? Describe(DropReason reason) => reason switch
    {
        DropReason.TooManyConnections => static stack =>
            $"SYNs are dropped: {stack.Settings.MaximumConnections} connections are the limit (actorstack.maximum-connections)",
        DropReason.TooManyFromSource => static stack =>
            $"SYNs are dropped: {stack.Settings.MaximumConnectionsPerSource} connections from one source are the limit"
            + " (actorstack.limits.connections-per-source)",
        DropReason.OutOfMemory => static stack =>
            $"SYNs are dropped: buffers hold {stack.Memory.Used} bytes, the limit (actorstack.limits.memory.high)",
        DropReason.TooManyHalfOpen => static stack =>
            $"SYNs get cookies: {stack.Settings.MaximumHalfOpen} half-open connections are the limit "
            + "(actorstack.limits.half-open)",
        DropReason.TooManyHalfOpenFromSource => static stack =>
            $"SYNs get cookies: {stack.Settings.MaximumHalfOpenPerSource} half-open connections from one source are the limit"
            + " (actorstack.limits.half-open-per-source)",
        DropReason.AcceptQueueFull => static _ =>
            "SYNs are dropped: a service's backlog of connections that wait for their handler is full (backlog, concurrency)",
        DropReason.BacklogFull => static _ => "SYNs get cookies: a service's backlog is full",
        _ => null,
    };

    private struct Line
    {
        public long Refused;
        public TimeSpan? WrittenAt;
    }
}
