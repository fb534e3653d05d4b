using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What the memory of all connections allows this one, as Linux does it. Under pressure the window is opened again by little only: what
/// was announced stays good (RFC 9293 section 3.8.6), so it shrinks as it is used up. Beyond the limit text is not taken, which the RFC
/// discourages and permits; the peer sends it again.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Segments that a window holds under pressure.</summary>
    private const int SegmentsUnderPressure = 4;

    /// <summary>The same beyond the limit, where the application has read everything: enough for it to be told.</summary>
    private const int SegmentsBeyondLimit = 2;

    /// <summary>Bytes that a connection may always have unread, so that each goes on.</summary>
    private const int AlwaysTaken = 4096;

    /// <summary>Text beyond gaps is kept up to twice the window, so that no window that is used well is too large for it, and always so much.</summary>
    private const int AlwaysReassembled = 64 * 1024;

    private long AllowedRoom => _settings.Memory switch
    {
        not { IsUnderPressure: true } => long.MaxValue,
        { IsExhausted: false } => SegmentsUnderPressure * _receiveMss,
        _ => _receive.Unread == 0 ? SegmentsBeyondLimit * _receiveMss : 0,
    };

    /// <summary>Application call: the connection goes on elsewhere; what it holds here is given back.</summary>
    public void Retire()
    {
        _reassembly.Clear();
        LeaveOrphans();
    }

    /// <summary>False where text in order must not be taken now.</summary>
    private bool IsRoomLeft()
    {
        if (_settings.Memory is not { IsExhausted: true }) return true;
        Prune();
        if (_receive.Unread < AlwaysTaken) return true;
        _settings.Counters.Count(TcpExt.RcvPruned);
        return false;
    }

    private void KeepOutOfOrder(SequenceNumber start, ReadOnlySpan<byte> text)
    {
        _settings.Counters.Count(TcpExt.TCPOFOQueue);
        var isKept = _settings.Memory is not { HasRoomOutOfOrder: false }
            && _reassembly.Insert(start, text, Math.Max(AlwaysReassembled, 2 * _receive.Limit));
        if (!isKept) _settings.Counters.Count(TcpExt.TCPOFODrop);
        if (_settings.Memory is { IsExhausted: true }) Prune();
    }

    /// <summary>What is beyond gaps goes first: the peer still has it (RFC 2018 section 8).</summary>
    private void Prune()
    {
        if (_reassembly.IsEmpty) return;
        _settings.Counters.Count(TcpExt.OfoPruned);
        _reassembly.Clear();
    }
}
