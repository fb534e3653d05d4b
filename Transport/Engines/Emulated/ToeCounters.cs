namespace ActorStack.Transport.Engines.Emulated;

/// <summary>The counters that <see cref="UploadTriggers"/> compares.</summary>
internal readonly record struct ToeCounters(long SegmentsSent, long Retransmissions, int RetransmitCount);
