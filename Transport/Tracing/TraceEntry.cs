using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tracing;

/// <summary>One event on its way to the writer; a value, so that nothing is allocated for it.</summary>
internal struct TraceEntry
{
    public TraceEntryKind Kind;
    public TimeSpan At;
    public TcpTraceMetrics Metrics;
    public SequenceNumber Sequence;
    public SequenceNumber Acknowledgment;
    public TcpFlags Flags;
    public int Length;
    public int Window;
    public byte SackCount;
    public SackBlocks Sack;

    /// <summary>The timer, or where the connection moved.</summary>
    public string? Name;

    public string? From;
    public string? Detail;
}
