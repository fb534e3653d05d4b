using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tcp.Options;

/// <summary>
/// The options of an application for its connections: for all of a listener, for one that it opens, or for one that is open. The
/// names beside the members are those of socket(7), ip(7) and tcp(7). It travels with the connection.
/// </summary>
public sealed record SocketOptions
{
    /// <summary>The options where the application sets none.</summary>
    public static SocketOptions Default { get; } = new();

    /// <summary>TCP_NODELAY: Nagle's algorithm is off. Setting it sends the payload that <see cref="Cork"/> holds back.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>
    /// TCP_CORK: only full segments are sent, for 200 ms at most; the rest follows when it is off again or at the end.
    /// </summary>
    public bool Cork { get; init; }

    /// <summary>
    /// TCP_QUICKACK: every segment is acknowledged at once, or none is; null: by the course of the connection. Unlike Linux's it
    /// lasts.
    /// </summary>
    public bool? QuickAck { get; init; }

    /// <summary>
    /// SO_LINGER: the end of a connection that its application has left in both directions. Null: the rest is sent, then a FIN.
    /// Zero: a RST is sent at once. Otherwise a RST is sent where the rest and the FIN are still unacknowledged after this time.
    /// No call blocks.
    /// </summary>
    public TimeSpan? Linger { get; init; }

    /// <summary>SO_KEEPALIVE.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>
    /// TCP_KEEPIDLE: silence before the first probe (RFC 9293 section 3.8.4 asks for two hours at least by default).
    /// </summary>
    public TimeSpan KeepaliveIdle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>TCP_KEEPINTVL.</summary>
    public TimeSpan KeepaliveInterval { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>TCP_KEEPCNT: unanswered probes before the connection is given up.</summary>
    public int KeepaliveCount { get; init; } = 9;

    /// <summary>
    /// TCP_USER_TIMEOUT: time that sent data may stay unacknowledged, or a window shut; zero: the retransmissions decide (RFC
    /// 5482).
    /// </summary>
    public TimeSpan UserTimeout { get; init; }

    /// <summary>TCP_LINGER2: how long FIN-WAIT-2 lasts where the application reads no more; zero: as long as TIME-WAIT.</summary>
    public TimeSpan Linger2 { get; init; }

    /// <summary>
    /// TCP_DEFER_ACCEPT: the application of an accepted connection begins with the first payload, or after this time. Zero: it
    /// begins when the handshake ends.
    /// </summary>
    public TimeSpan DeferAccept { get; init; }

    /// <summary>
    /// TCP_NOTSENT_LOWAT: bytes written and not sent beyond which the application waits; 0: only <see cref="SendBuffer"/> bounds
    /// them. On an open connection the value cannot fall below its initial one.
    /// </summary>
    public int NotSentLowWater { get; init; }

    /// <summary>
    /// TCP_MAXSEG: largest segment announced to the peer and sent, bytes of payload and options; the MTU bounds it too.
    /// </summary>
    public ushort MaximumSegmentSize { get; init; } = ushort.MaxValue;

    /// <summary>
    /// TCP_CONGESTION: one of <see cref="CongestionControls.Names"/>. Where it changes on an open connection, the window is kept.
    /// </summary>
    /// <exception cref="ArgumentException">There is no algorithm of this name; the message names those that are.</exception>
    public string CongestionAlgorithm { get; init => field = CongestionControls.Check(value); } = CongestionControls.Default;

    /// <summary>TCP_SYNCNT: timeouts of a SYN or SYN,ACK before it is given up.</summary>
    public int MaximumSynRetransmits { get; init; } = 5;

    /// <summary>
    /// SO_SNDBUF: bytes the application may be ahead of the peer's acknowledgments, at most; 0: as the host's buffers allow. On
    /// an open connection the value cannot fall below its initial one.
    /// </summary>
    public int SendBuffer { get; init; }

    /// <summary>
    /// SO_RCVBUF: bytes that may wait for the application, and so the receive window, at most; 0: as the host's buffers allow,
    /// which bound it in any case. A window that was announced stays good.
    /// </summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>IP_TTL, IPV6_UNICAST_HOPS: 1 to 255.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>
    /// IP_TOS, IPV6_TCLASS: DSCP in the upper six bits. The lower two belong to ECN (RFC 3168 section 5): they are always zero
    /// here.
    /// </summary>
    public byte TrafficClass { get; init => field = (byte)(value & ~3); }

    /// <summary>
    /// TCP_FASTOPEN, of a listener: connections that may be served before their handshake has ended (RFC 7413); 0: none. Of
    /// requests that may be repeated only: a SYN can arrive twice.
    /// </summary>
    public int FastOpen { get; init; }

    /// <summary>
    /// TCP_FASTOPEN_CONNECT, of an opener: the first payload is sent with the SYN where the destination granted a cookie before.
    /// </summary>
    public bool FastOpenConnect { get; init; }

    /// <summary>The user timeout has passed since <paramref name="since"/>.</summary>
    internal bool IsOverUserTimeout(TimeSpan? since, TimeSpan now) =>
        UserTimeout > TimeSpan.Zero && since is { } began && now - began >= UserTimeout;

    /// <summary>
    /// A wait for the peer, backed off, must not put off the end that the user timeout sets (RFC 5482 section 3), as in Linux.
    /// </summary>
    internal TimeSpan WithinUserTimeout(TimeSpan wait, TimeSpan? since, TimeSpan now)
    {
        if (UserTimeout <= TimeSpan.Zero || since is not { } began) return wait;
        var left = UserTimeout - (now - began);
        return left < wait ? left : wait;
    }

    /// <summary>The options of a record.</summary>
    /// <param name="state">The record.</param>
    /// <param name="otherwise">Gives the options that the record does not hold.</param>
    public static SocketOptions From(TcpConnectionState state, SocketOptions otherwise) => otherwise with
    {
        NoDelay = state.Options.NoDelay,
        Cork = state.Options.Cork,
        QuickAck = state.Options.QuickAckMode == 0 ? null : state.Options.QuickAckMode == 1,
        Linger = state.Options.LingerTicks < 0 ? null : TimeSpan.FromTicks(state.Options.LingerTicks),
        KeepAlive = state.Options.KeepAlive,
        KeepaliveIdle = TimeSpan.FromTicks(state.Options.KeepaliveIdleTicks),
        KeepaliveInterval = TimeSpan.FromTicks(state.Options.KeepaliveIntervalTicks),
        KeepaliveCount = state.Options.KeepaliveCount,
        UserTimeout = TimeSpan.FromTicks(state.Options.UserTimeoutTicks),
        Linger2 = TimeSpan.FromTicks(state.Options.Linger2Ticks),
        DeferAccept = TimeSpan.FromTicks(state.Options.DeferAcceptTicks),
        NotSentLowWater = state.Options.NotSentLowWater,
        MaximumSegmentSize = state.Options.MaximumSegmentSize,
        CongestionAlgorithm = CongestionControls.Names.Contains(state.Congestion.Algorithm)
            ? state.Congestion.Algorithm
            : otherwise.CongestionAlgorithm,
        MaximumSynRetransmits = state.Options.MaximumSynRetransmits,
        SendBuffer = state.Options.SendBuffer,
        ReceiveBuffer = state.Options.ReceiveBuffer,
        HopLimit = state.Options.HopLimit,
        TrafficClass = state.Options.TrafficClass,
    };

    /// <summary>The record with these options in place of its own.</summary>
    public TcpConnectionState ApplyTo(TcpConnectionState state) => state with
    {
        Options = Export(),
        Congestion = state.Congestion with { Algorithm = CongestionAlgorithm },
    };

    internal SocketOptionsSection Export() => new()
    {
        NoDelay = NoDelay,
        Cork = Cork,
        QuickAckMode = QuickAck switch { null => 0, true => 1, false => 2 },
        LingerTicks = Linger?.Ticks ?? TcpConnectionState.NotRunning,
        KeepAlive = KeepAlive,
        KeepaliveIdleTicks = KeepaliveIdle.Ticks,
        KeepaliveIntervalTicks = KeepaliveInterval.Ticks,
        KeepaliveCount = KeepaliveCount,
        UserTimeoutTicks = UserTimeout.Ticks,
        Linger2Ticks = Linger2.Ticks,
        DeferAcceptTicks = DeferAccept.Ticks,
        NotSentLowWater = NotSentLowWater,
        MaximumSegmentSize = MaximumSegmentSize,
        MaximumSynRetransmits = MaximumSynRetransmits,
        SendBuffer = SendBuffer,
        ReceiveBuffer = ReceiveBuffer,
        HopLimit = HopLimit,
        TrafficClass = TrafficClass,
    };
}
