using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tracing;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>Base of the phases in which the software stack has the connection.</summary>
internal abstract class TcpBehaviour(ConnectionActor actor, TcpConnection tcp) : ConnectionBehaviour(actor)
{
    public override TcpState State => tcp.State;

    protected TcpConnection Tcp => tcp;

    public override EngineConnectionInfo Info()
    {
        var info = tcp.Info;
        return new EngineConnectionInfo(
            info.State, info.BytesReceived, info.BytesSent, info.RoundTripTime,
            info.CongestionWindow, info.SlowStartThreshold, info.Retransmissions);
    }

    public override TcpStatistics? Statistics(TimeSpan now) => tcp.Statistics(now);

    public override void SetTrace(TraceFile? trace) => tcp.Trace = trace;

    public override void Fail(Exception error, TimeSpan now)
    {
        tcp.Abort(error, now);
        while (tcp.TryTransmit(now, out var segment)) Loop.Link.SendBuffered(segment);
    }
}
