using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>A connection's time in an engine.</summary>
/// <param name="Before">The figures of the connection when it moved in; the engine counts from there.</param>
internal sealed record EngineRun(IOffloadEngine Engine, EngineHandle Handle, EngineConnectionInfo Before)
{
    public static EngineConnectionInfo FiguresOf(TcpConnectionState record) => new(
        record.State, record.BytesReceived, record.BytesSent, TimeSpan.FromTicks(record.SRttTicks),
        record.Cwnd, record.SsThresh, record.Retransmissions);

    /// <summary>The figures of the whole connection; those of the move where the engine has none.</summary>
    public EngineConnectionInfo Info() => Engine.TryQuery(Handle, out var since)
        ? since with
        {
            BytesReceived = Before.BytesReceived + since.BytesReceived,
            BytesSent = Before.BytesSent + since.BytesSent,
            Retransmissions = Before.Retransmissions + since.Retransmissions,
        }
        : Before;
}
