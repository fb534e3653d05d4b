using System.Runtime.CompilerServices;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting.Options;

/// <summary>
/// The socket options by the names of socket(7), ip(7) and tcp(7) in lower case. Their keys stand below
/// <c>actorstack.socket-options</c> and <c>actorstack.services.NAME.socket-options</c>. Their defaults are those of
/// <see cref="SocketOptions"/>.
/// </summary>
internal static class SocketOptionTable
{
    private static readonly List<SocketOptionRow> Entries = [];

    private static readonly SwitchType Switch = new();
    private static readonly TimeType TimeOrZero = new(TimeSpan.Zero);
    private static readonly TimeType Seconds = new(TimeSpan.FromSeconds(1));
    private static readonly SizeType<int> Bytes = new(0, 1 << 30);
    private static readonly NumberType<byte> Octet = new(0, byte.MaxValue);

    static SocketOptionTable()
    {
        Add("tcp-nodelay", Switch, options => options.NoDelay, (options, value) => options with { NoDelay = value },
            "Whether Nagle's algorithm is off.");
        Add("tcp-cork", Switch, options => options.Cork, (options, value) => options with { Cork = value },
            "Whether only full segments are sent. What does not fill a segment is sent after 200 ms.");
        Add("tcp-quickack", new AlternativeType<bool>("auto", Switch),
            options => options.QuickAck, (options, value) => options with { QuickAck = value },
            "on: every segment is acknowledged at once. off: acknowledgments are delayed. auto: the course of the connection "
            + "decides.");
        Add("so-linger", new AlternativeType<TimeSpan>("off", TimeOrZero, "false"),
            options => options.Linger, (options, value) => options with { Linger = value },
            "What becomes of data that is unsent when the application closes. off: it is sent. 0s: the connection is reset. "
            + "A longer time: the connection is reset where the data is not acknowledged after that time.");
        Add("so-keepalive", Switch, options => options.KeepAlive, (options, value) => options with { KeepAlive = value },
            "Whether keepalive probes are sent on an idle connection.");
        Add("tcp-keepidle", Seconds, options => options.KeepaliveIdle, (options, value) => options with { KeepaliveIdle = value },
            "Idle time before the first keepalive probe.");
        Add("tcp-keepintvl", Seconds,
            options => options.KeepaliveInterval, (options, value) => options with { KeepaliveInterval = value },
            "Time between two keepalive probes.");
        Add("tcp-keepcnt", new NumberType<int>(1, 127),
            options => options.KeepaliveCount, (options, value) => options with { KeepaliveCount = value },
            "Unanswered keepalive probes after which the connection is given up.");
        Add("tcp-user-timeout", TimeOrZero,
            options => options.UserTimeout, (options, value) => options with { UserTimeout = value },
            "Time that sent data may stay unacknowledged, or a window shut. 0s: the number of retransmissions decides.");
        Add("tcp-linger2", TimeOrZero, options => options.Linger2, (options, value) => options with { Linger2 = value },
            "Time in FIN-WAIT-2 of a connection whose application reads no more. 0s: as long as TIME-WAIT.");
        Add("tcp-defer-accept", TimeOrZero,
            options => options.DeferAccept, (options, value) => options with { DeferAccept = value },
            "A handler starts with the first data, or after this time without data. 0s: it starts when the handshake has ended.");
        Add("tcp-notsent-lowat", Bytes,
            options => options.NotSentLowWater, (options, value) => options with { NotSentLowWater = value },
            "Bytes written and not yet sent beyond which an application waits. 0: only the send buffer bounds them.");
        Add("tcp-maxseg", new NumberType<ushort>(88, ushort.MaxValue),
            options => options.MaximumSegmentSize, (options, value) => options with { MaximumSegmentSize = value },
            "Largest segment that is announced and sent, in bytes. The MTU of the link bounds it too.");
        Add("tcp-syncnt", new NumberType<int>(1, byte.MaxValue),
            options => options.MaximumSynRetransmits, (options, value) => options with { MaximumSynRetransmits = value },
            "Retransmissions of a SYN or SYN,ACK before the connection is given up.");
        Add("tcp-fastopen", new NumberType<int>(0, ushort.MaxValue),
            options => options.FastOpen, (options, value) => options with { FastOpen = value },
            "Connections of a service that may be served before their handshake has ended (RFC 7413). A SYN can arrive twice, so "
            + "this is for requests that may be repeated. 0: Fast Open is off.");
        Add("tcp-fastopen-connect", Switch,
            options => options.FastOpenConnect, (options, value) => options with { FastOpenConnect = value },
            "Whether the first data of a connection that the service opens is sent with its SYN (RFC 7413).");
        Add("tcp-congestion", new NameType(CongestionControls.Names),
            options => options.CongestionAlgorithm, (options, value) => options with { CongestionAlgorithm = value },
            "Congestion control.", inherited: "congestion");
        Add("so-sndbuf", Bytes, options => options.SendBuffer, (options, value) => options with { SendBuffer = value },
            "Largest send buffer of a connection, within buffers.send-capacity. 0: that one.");
        Add("so-rcvbuf", Bytes, options => options.ReceiveBuffer, (options, value) => options with { ReceiveBuffer = value },
            "Largest receive buffer of a connection, within buffers.receive-capacity. 0: that one.");
        Add("ip-ttl", new NumberType<byte>(1, byte.MaxValue),
            options => options.HopLimit, (options, value) => options with { HopLimit = value },
            "Time to live of IPv4, hop limit of IPv6.");
        Add("ip-tos", Octet, options => options.TrafficClass, (options, value) => options with { TrafficClass = value },
            "Type of service of IPv4, traffic class of IPv6. Its upper six bits, the DSCP, are used; the others belong to ECN.");
    }

    public static IReadOnlyList<SocketOptionRow> Rows => Entries;

    private static void Add<T>(
        string key, OptionType<T> type, Func<SocketOptions, T> get, Func<SocketOptions, T, SocketOptions> set, string text,
        string? inherited = null, [CallerArgumentExpression(nameof(get))] string property = "")
    {
        var option = new StackOption<T>(key, type, get(SocketOptions.Default), text, inherited);
        Entries.Add(new SocketOptionRow(
            option, property[(property.IndexOf('.') + 1)..], (options, section) => set(options, section.Read(option))));
    }
}
