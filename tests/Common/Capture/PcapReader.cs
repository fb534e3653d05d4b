using System.Buffers.Binary;
using ActorStack.TestKit.Capture;

namespace ActorStack.Tests.Common.Capture;

/// <summary>
/// Reads capture files: pcap of either byte order, with microseconds or nanoseconds, and of the link types Ethernet, RAW,
/// LINUX_SLL and LINUX_SLL2. Frames that carry no IP are skipped, but counted in the numbers of the packets.
/// </summary>
public static class PcapReader
{
    private const uint Microseconds = 0xA1B2_C3D4;
    private const uint Nanoseconds = 0xA1B2_3C4D;
    private const uint NextGeneration = 0x0A0D_0D0A;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int LargestRecord = 1 << 20;

    /// <summary>The packets of the file, read as they are asked for.</summary>
    /// <exception cref="InvalidDataException">The file is no pcap file, is cut off, or has an unknown link type.</exception>
    public static IEnumerable<CapturedPacket> Read(Stream file)
    {
        var header = new byte[FileHeader];
        if (file.ReadAtLeast(header, FileHeader, throwOnEndOfStream: false) < FileHeader)
            throw new InvalidDataException("The file is shorter than the header of a pcap file.");
        var (isBigEndian, ticksDivisor, ticksFactor) = Format(header);
        var linkType = Word(header.AsSpan(20), isBigEndian) & 0xFFFF;
        if (!LinkLayer.IsKnown(linkType))
            throw new InvalidDataException($"The link type {linkType} of the capture is unknown; capture on a device.");

        var record = new byte[RecordHeader];
        var frame = Array.Empty<byte>();
        for (long number = 1; ; number++)
        {
            var read = file.ReadAtLeast(record, RecordHeader, throwOnEndOfStream: false);
            if (read == 0) yield break;
            var captured = read == RecordHeader ? Word(record.AsSpan(8), isBigEndian) : uint.MaxValue;
            if (captured > LargestRecord) throw new InvalidDataException($"Record {number} of the capture is damaged.");
            if (frame.Length < captured) frame = new byte[captured];
            if (file.ReadAtLeast(frame.AsSpan(0, (int)captured), (int)captured, throwOnEndOfStream: false) < captured)
                throw new InvalidDataException($"Record {number} of the capture is cut off.");

            var packet = LinkLayer.Strip(linkType, frame.AsMemory(0, (int)captured), out var origin);
            if (packet.IsEmpty) continue;
            var missing = (int)Math.Min(LargestRecord, Word(record.AsSpan(12), isBigEndian) - captured);
            var time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Word(record, isBigEndian))
                + TimeSpan.FromTicks(Word(record.AsSpan(4), isBigEndian) * ticksFactor / ticksDivisor);
            yield return new CapturedPacket(number, time, origin, packet, packet.Length + missing);
        }
    }

    private static (bool IsBigEndian, long TicksDivisor, long TicksFactor) Format(ReadOnlySpan<byte> header)
    {
        var (little, big) = (BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header));
        return (little, big) switch
        {
            (Microseconds, _) => (false, 1, TimeSpan.TicksPerMicrosecond),
            (Nanoseconds, _) => (false, TimeSpan.NanosecondsPerTick, 1),
            (_, Microseconds) => (true, 1, TimeSpan.TicksPerMicrosecond),
            (_, Nanoseconds) => (true, TimeSpan.NanosecondsPerTick, 1),
            (NextGeneration, _) => throw new InvalidDataException("The capture is a pcapng file; save it as pcap (tcpdump -w)."),
            _ => throw new InvalidDataException("The file is no pcap file."),
        };
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
