using System.Buffers;
using ActorStack.TestKit.Capture;
using ActorStack.Transport.Links;

namespace ActorStack.TestKit.Links;

/// <summary>All packets at the peers' end of the wire: a capture file in memory, and the check of each connection.</summary>
internal sealed class WireRecording : IDisposable
{
    private const long MaximumBytes = 256 << 20;

    private readonly MemoryStream _file = new();
    private readonly PcapWriter _writer;
    private readonly WireChecker _checker = new(new WireCheckOptions { IsPathLossy = true, History = 1 << 18 });
    private long _count;

    public WireRecording() => _writer = new PcapWriter(_file, MaximumBytes);

    public IReadOnlyList<WireReport> Reports => _checker.Reports;

    /// <param name="packet">An IP packet without damage.</param>
    /// <param name="time">When it left or arrived.</param>
    public void Add(ReadOnlyMemory<byte> packet, DateTimeOffset time)
    {
        _writer.Write(time, packet.Span, ReadOnlySequence<byte>.Empty);
        _checker.Add(new CapturedPacket(++_count, time, default, packet, packet.Length));
    }

    /// <summary>The capture as it is now.</summary>
    public byte[] ToArray() => _file.ToArray();

    public void Dispose() => _writer.Dispose();
}
