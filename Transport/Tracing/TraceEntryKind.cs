namespace ActorStack.Transport.Tracing;

/// <summary>What a <see cref="TraceEntry"/> tells.</summary>
internal enum TraceEntryKind : byte
{
    Received,
    Sent,
    Timer,
    Updated,
    Moved,
}
