namespace ActorStack.Transport.Emulation.Toe;

/// <summary>The counters that <see cref="UploadTriggers"/> compares.</summary>
internal readonly record struct ToeCounters(long SegmentsSent, long Retransmissions, int RetransmitCount);
