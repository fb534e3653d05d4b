using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>Observes a connection, on the thread that runs it. An implementation only takes note and returns.</summary>
public interface ITcpTrace
{
    /// <summary>A segment arrived; <paramref name="metrics"/> are those before it is taken.</summary>
    void OnReceived(in TcpSegment segment, in TcpTraceMetrics metrics, TimeSpan now);

    /// <summary>A segment was handed to the link.</summary>
    void OnSent(in OutboundSegment segment, in TcpTraceMetrics metrics, TimeSpan now);

    /// <summary>A timer expired.</summary>
    void OnTimer(string timer, in TcpTraceMetrics metrics, TimeSpan now);

    /// <summary>An input was taken.</summary>
    void OnUpdated(in TcpTraceMetrics metrics, TimeSpan now);
}
