using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Telemetry;

/// <summary>
/// Everything that the host logs. An id never changes its meaning and is never used again, because people filter and alert by
/// it: 10xx is the stack, 11xx its set-up on the host, 12xx the cluster, 13xx take-over, 14xx control and dashboard, 15xx TLS,
/// 16xx gateways.
/// </summary>
internal static partial class HostLog
{
    [LoggerMessage(1000, LogLevel.Information, "{Service} listens on port {Port} of {Addresses}")]
    public static partial void Listening(this ILogger logger, string service, int port, IEnumerable<object> addresses);

    [LoggerMessage(1001, LogLevel.Information, "The stack stopped: {Closed} connections closed, {Reset} reset")]
    public static partial void Stopped(this ILogger logger, int closed, int reset);

    [LoggerMessage(1002, LogLevel.Information, "{Moved} connections moved to other nodes")]
    public static partial void Evacuated(this ILogger logger, int moved);

    [LoggerMessage(1003, LogLevel.Error, "The stack did not stop within {Limit}; its peers may not have heard of the end")]
    public static partial void StopLate(this ILogger logger, Exception late, TimeSpan limit);

    [LoggerMessage(1004, LogLevel.Critical, "The service stops, and its connections have ended: {Reason}")]
    public static partial void LinkLost(this ILogger logger, string reason);

    /// <summary>What actors log; the level is theirs.</summary>
    [LoggerMessage(EventId = 1005, Message = "[{LogSource}] {Message}")]
    public static partial void Actor(this ILogger logger, LogLevel level, Exception? cause, string logSource, string message);

    [LoggerMessage(
        1100, LogLevel.Information,
        "The device does not bring packets to the queues of their flows; loops hand some over to each other: {Reason}")]
    public static partial void NotSteered(this ILogger logger, string reason);

    [LoggerMessage(
        1101, LogLevel.Warning,
        "The process may have {Limit} files open, so that the kernel engine holds about {Room} connections "
        + "and not {Capacity}: {WhatToDo}")]
    public static partial void FewDescriptors(this ILogger logger, long limit, long room, long capacity, string whatToDo);

    [LoggerMessage(
        1102, LogLevel.Warning, "The engine {Engine} is absent, connections cannot move into it: {Reason}")]
    public static partial void EngineAbsent(this ILogger logger, string engine, string reason);

    [LoggerMessage(
        1103, LogLevel.Warning, "Something on this host took away what the stack had set up; it is there again: {Parts}")]
    public static partial void Restored(this ILogger logger, string parts);

    [LoggerMessage(
        1104, LogLevel.Error, "{Part} was taken away on this host and can't be put back, which is tried again: {Reason}")]
    public static partial void Missing(this ILogger logger, object part, string reason);

    [LoggerMessage(1105, LogLevel.Error, "{Part}: {Trouble}; find the program on this host that takes it away")]
    public static partial void Contested(this ILogger logger, object part, string trouble);

    [LoggerMessage(1200, LogLevel.Information, "The node {Node} has joined its cluster as {Address}")]
    public static partial void Joined(this ILogger logger, object node, object address);

    [LoggerMessage(
        1201, LogLevel.Warning,
        "The cluster has removed this node, which stops at once: it must not emit anything for its connections")]
    public static partial void Removed(this ILogger logger);

    [LoggerMessage(1202, LogLevel.Warning, "Connections cannot move to other nodes")]
    public static partial void CannotForward(this ILogger logger, Exception error);

    [LoggerMessage(1300, LogLevel.Information, "No process runs that waits on {Path}, so that there is nothing to take over")]
    public static partial void NoPredecessor(this ILogger logger, string path);

    [LoggerMessage(
        1301, LogLevel.Warning,
        "No other process can take over the connections of this one, because the socket {Path} cannot be made: {Reason}")]
    public static partial void NoTakeOverSocket(this ILogger logger, string path, string reason);

    [LoggerMessage(1302, LogLevel.Error, "The take-over of this process has failed")]
    public static partial void TakeOverFailed(this ILogger logger, Exception error);

    [LoggerMessage(1303, LogLevel.Information, "{Process} takes over {Connections} connections")]
    public static partial void TakeOverBegins(this ILogger logger, string process, int connections);

    [LoggerMessage(1304, LogLevel.Error, "The connections cannot move to {Process}")]
    public static partial void CannotMove(this ILogger logger, Exception error, string process);

    [LoggerMessage(
        1305, LogLevel.Warning, "{Process} has ended; this process goes on, without the {Moved} connections that had moved")]
    public static partial void SuccessorEnded(this ILogger logger, string process, int moved);

    [LoggerMessage(1306, LogLevel.Warning, "{Count} connections stay for at most {Linger} s: {Reason}")]
    public static partial void Staying(this ILogger logger, int count, double linger, string reason);

    [LoggerMessage(
        1307, LogLevel.Information, "{Moved} connections moved to {Process}, {Left} are left; this process ends")]
    public static partial void Given(this ILogger logger, int moved, string process, int left);

    [LoggerMessage(
        1308, LogLevel.Information,
        "{Moved} connections of {Process} moved, {Left} are left; the longest blackout was {Blackout} ms")]
    public static partial void TakeOverProgress(this ILogger logger, int moved, string process, int left, string blackout);

    [LoggerMessage(
        1309, LogLevel.Information,
        "{Moved} connections of {Process} moved, of {Connections} at the beginning; {Left} cannot move; the longest "
        + "blackout was {Blackout} ms")]
    public static partial void TakenOver(
        this ILogger logger, int moved, string process, int connections, int left, string blackout);

    [LoggerMessage(1310, LogLevel.Warning, "{Process} has ended before all its connections had moved")]
    public static partial void PredecessorEnded(this ILogger logger, string process);

    [LoggerMessage(1311, LogLevel.Warning, "After {Limit} s connections of {Process} still move")]
    public static partial void TakeOverLate(this ILogger logger, double limit, string process);

    [LoggerMessage(1312, LogLevel.Warning, "What the steering of {Process} set up is left behind")]
    public static partial void SteeringLeft(this ILogger logger, Exception error, string process);

    [LoggerMessage(1400, LogLevel.Warning, "The control socket {Path} could not be reached any more; it is there again")]
    public static partial void ControlSocketAgain(this ILogger logger, string path);

    [LoggerMessage(
        1401, LogLevel.Error, "The control socket {Path} can't be reached nor made again, which is tried again: {Reason}")]
    public static partial void ControlSocketGone(this ILogger logger, string path, string reason);

    [LoggerMessage(1402, LogLevel.Information, "The dashboard is at {Url}")]
    public static partial void DashboardServed(this ILogger logger, string url);

    [LoggerMessage(1403, LogLevel.Information, "The dashboard waits for {EndPoint}, which the process before still has")]
    public static partial void DashboardWaits(this ILogger logger, object endPoint);

    [LoggerMessage(1500, LogLevel.Debug, "The TLS handshake of connection {Id} failed")]
    public static partial void TlsRefused(this ILogger logger, Exception refused, string id);

    [LoggerMessage(1600, LogLevel.Information, "Gateway {Gateway} has read its configuration: {Balance} over {Backends}")]
    public static partial void GatewayConfigured(this ILogger logger, string gateway, GatewayBalance balance, string backends);

    [LoggerMessage(
        1601, LogLevel.Error, "Gateway {Gateway} keeps its configuration, because the new one is not valid: {Reason}")]
    public static partial void GatewayConfigurationRefused(this ILogger logger, string gateway, string reason);

    [LoggerMessage(1602, LogLevel.Information, "Gateway {Gateway}: backend {Backend} is up")]
    public static partial void BackendUp(this ILogger logger, string gateway, object backend);

    [LoggerMessage(1603, LogLevel.Warning, "Gateway {Gateway}: backend {Backend} is down: {Reason}")]
    public static partial void BackendDown(this ILogger logger, string gateway, object backend, string reason);

    [LoggerMessage(1604, LogLevel.Warning, "Gateway {Gateway}: backend {Backend} did not take a connection: {Reason}")]
    public static partial void BackendRefused(this ILogger logger, string gateway, object backend, string reason);
}
