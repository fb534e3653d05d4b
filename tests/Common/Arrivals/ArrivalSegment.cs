using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Arrivals;

/// <summary>The segment that a kind stands for.</summary>
public static class ArrivalSegment
{
    /// <summary>Bytes of those that have any.</summary>
    public const int TextLength = 100;

    public static TcpFlags FlagsOf(ArrivalKind kind) => kind switch
    {
        ArrivalKind.Syn or ArrivalKind.StaleSyn => TcpFlags.Syn,
        ArrivalKind.SynAck => TcpFlags.Syn | TcpFlags.Ack,
        ArrivalKind.SynFin => TcpFlags.Syn | TcpFlags.Fin,
        ArrivalKind.DataFin or ArrivalKind.Fin => TcpFlags.Fin | TcpFlags.Ack,
        ArrivalKind.Rst or ArrivalKind.StaleRst => TcpFlags.Rst,
        ArrivalKind.RstAck => TcpFlags.Rst | TcpFlags.Ack,
        ArrivalKind.Urgent => TcpFlags.Urg | TcpFlags.Ack,
        ArrivalKind.NoFlags => TcpFlags.None,
        _ => TcpFlags.Ack,
    };

    public static int TextOf(ArrivalKind kind) =>
        kind is ArrivalKind.Data or ArrivalKind.DataFin or ArrivalKind.Urgent or ArrivalKind.NoFlags or ArrivalKind.StaleData
            or ArrivalKind.FreshData
                ? TextLength
                : 0;

    public static bool IsStale(ArrivalKind kind) =>
        kind is ArrivalKind.StaleData or ArrivalKind.StaleAck or ArrivalKind.StaleSyn or ArrivalKind.StaleRst;

    /// <summary>What takes no sequence number cannot straddle an edge.</summary>
    public static bool CanBeAt(ArrivalKind kind, ArrivalPosition position) =>
        position < ArrivalPosition.StraddlingLeft || TextOf(kind) > 0;
}
