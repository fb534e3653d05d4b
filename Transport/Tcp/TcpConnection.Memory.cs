using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What the memory of all connections allows this one, as in Linux. Under pressure the window is opened again only by a little. A
/// window that was announced stays good (RFC 9293 section 3.8.6), so it shrinks as it is used up. Beyond the limit payload is not
/// taken, which the RFC discourages and permits; the peer sends it again.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Segments that a window holds under pressure.</summary>
    private const int SegmentsUnderPressure = 4;

    /// <summary>Segments that a window holds beyond the limit, where the application has read everything.</summary>
    private const int SegmentsBeyondLimit = 2;

    /// <summary>Bytes that a connection may always have unread, so that each makes progress.</summary>
    private const int AlwaysTaken = 4096;

    /// <summary>
    /// Bytes beyond gaps that are always kept. Beyond that, up to twice the window is kept, so that a window in good use is never
    /// too large.
    /// </summary>
    private const int AlwaysReassembled = 64 * 1024;

    private long AllowedRoom => _settings.Memory switch
    {
        not { IsUnderPressure: true } => long.MaxValue,
        { IsExhausted: false } => SegmentsUnderPressure * _negotiated.ReceiveMss,
        _ => _receive.Unread == 0 ? SegmentsBeyondLimit * _negotiated.ReceiveMss : 0,
    };

    /// <summary>Application call: the connection continues elsewhere; the memory that it holds here is given back.</summary>
    public void Retire()
    {
        _reassembly.Clear();
        LeaveOrphans();
    }

    /// <summary>False where payload in order must not be taken now.</summary>
    private bool IsRoomLeft()
    {
        if (_settings.Memory is not { IsExhausted: true }) return true;
        Prune();
        if (_receive.Unread < AlwaysTaken) return true;
        _settings.Counters.Count(TcpExt.RcvPruned);
        return false;
    }

    private void KeepOutOfOrder(SequenceNumber start, ReadOnlySpan<byte> payload)
    {
        _settings.Counters.Count(TcpExt.TCPOFOQueue);
        var isKept = _settings.Memory is not { HasRoomOutOfOrder: false }
            && _reassembly.Insert(start, payload, Math.Max(AlwaysReassembled, 2 * _receive.Limit));
        if (!isKept) _settings.Counters.Count(TcpExt.TCPOFODrop);
        if (_settings.Memory is { IsExhausted: true }) Prune();
    }

    /// <summary>Payload beyond gaps is dropped first: the peer still has it (RFC 2018 section 8).</summary>
    private void Prune()
    {
        if (_reassembly.IsEmpty) return;
        _settings.Counters.Count(TcpExt.OfoPruned);
        _reassembly.Clear();
    }
}
