using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The time that a connection spends in an engine.</summary>
/// <param name="Engine">The engine that runs it.</param>
/// <param name="Handle">The engine's name for the connection.</param>
/// <param name="Before">The figures of the connection when the engine took it; the engine counts from zero.</param>
internal sealed record EngineRun(IOffloadEngine Engine, EngineHandle Handle, EngineConnectionInfo Before)
{
    public static EngineConnectionInfo FiguresOf(TcpConnectionState record) => new(
        record.Identity.State, record.Statistics.BytesReceived, record.Statistics.BytesSent,
        TimeSpan.FromTicks(record.RoundTrip.SRttTicks), record.Congestion.Cwnd, record.Congestion.SsThresh,
        record.Statistics.Retransmissions);

    /// <summary>The figures of the whole connection; the figures at the move where the engine reports none.</summary>
    public EngineConnectionInfo Info() => Engine.TryQuery(Handle, out var since)
        ? since with
        {
            BytesReceived = Before.BytesReceived + since.BytesReceived,
            BytesSent = Before.BytesSent + since.BytesSent,
            Retransmissions = Before.Retransmissions + since.Retransmissions,
        }
        : Before;
}
