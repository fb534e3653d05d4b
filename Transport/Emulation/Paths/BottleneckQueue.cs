using ActorStack.Transport.Links;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// A line of limited speed and the FIFO queue before it: tail drop by bytes and packets, and CE marks above a threshold (RFC 3168
/// section 5, as RFC 8257 section 3.1 sets it at the instantaneous queue).
/// </summary>
internal sealed class BottleneckQueue
{
    private readonly Queue<TimeSpan> _departures = new();

    /// <summary>When the line is free again, in ticks and parts of them, so that no rate is off by rounding.</summary>
    private double _lineFree;

    public long MaximumBytes { get; private set; }

    public int MaximumPackets { get; private set; }

    /// <summary>
    /// Takes a packet: when it has left the line, and whether the queue was above the threshold. False where the queue is full.
    /// </summary>
    public bool TryPass(int length, WireImpairments settings, TimeSpan now, out TimeSpan departure, out bool isAboveThreshold)
    {
        (departure, isAboveThreshold) = (now, false);
        if (settings.BitsPerSecond == 0) return true;

        while (_departures.TryPeek(out var gone) && gone <= now) _departures.Dequeue();
        var bytesPerTick = settings.BitsPerSecond / (8.0 * TimeSpan.TicksPerSecond);
        var start = Math.Max(_lineFree, now.Ticks);
        var waiting = (start - now.Ticks) * bytesPerTick;
        if (waiting + length > settings.QueueBytes || _departures.Count >= settings.QueuePackets) return false;

        _lineFree = start + length / bytesPerTick;
        departure = new TimeSpan((long)Math.Round(_lineFree));
        isAboveThreshold = settings.MarkingBytes > 0 && waiting >= settings.MarkingBytes;
        _departures.Enqueue(departure);
        MaximumBytes = Math.Max(MaximumBytes, (long)Math.Round(waiting + length));
        MaximumPackets = Math.Max(MaximumPackets, _departures.Count);
        return true;
    }
}
