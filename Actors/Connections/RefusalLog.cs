using ActorStack.Transport.Wire;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>Says in the log which limit refuses connections: a line for each limit in a while, however many are refused.</summary>
internal sealed class RefusalLog(StackContext stack)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Line[] _lines = new Line[Enum.GetValues<DropReason>().Length];

    public void Note(DropReason reason, in TcpEndpoint source)
    {
        ref var line = ref _lines[(int)reason];
        line.Refused++;
        var now = stack.Now;
        if (now - line.WrittenAt < Interval) return;
        stack.Log.Warning("{0}; {1} SYNs met it since this was last said, the latest from {2}", Describe(reason), line.Refused, source);
        line = new Line { WrittenAt = now };
    }

    private string Describe(DropReason reason)
    {
        var settings = stack.Settings;
        return reason switch
        {
            DropReason.TooManyConnections => $"SYNs are dropped: {settings.MaximumConnections} connections are the limit (actorstack.maximum-connections)",
            DropReason.TooManyFromSource =>
                $"SYNs are dropped: {settings.MaximumConnectionsPerSource} connections from one source are the limit (actorstack.limits.connections-per-source)",
            DropReason.OutOfMemory => $"SYNs are dropped: buffers hold {stack.Memory.Used} bytes, the limit (actorstack.limits.memory.high)",
            DropReason.TooManyHalfOpen => $"SYNs get cookies: {settings.MaximumHalfOpen} half-open connections are the limit (actorstack.limits.half-open)",
            DropReason.TooManyHalfOpenFromSource =>
                $"SYNs get cookies: {settings.MaximumHalfOpenPerSource} half-open connections from one source are the limit (actorstack.limits.half-open-per-source)",
            DropReason.AcceptQueueFull => "SYNs are dropped: a service's backlog of connections that wait for their handler is full (backlog, concurrency)",
            _ => "SYNs get cookies: a service's backlog is full",
        };
    }

    private struct Line
    {
        public long Refused;
        public TimeSpan? WrittenAt;
    }
}
