using System.Buffers.Binary;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>Records taken apart and put together as a writer of another build, or one who means harm, would.</summary>
internal static class RecordBytes
{
    private const int ChecksumOffset = Envelope.HeaderLength - sizeof(uint);

    /// <summary>The least that a connection can go on with.</summary>
    public static TcpConnectionState Minimal { get; } = new()
    {
        Identity = new IdentitySection
        {
            ConnectionId = "1-1",
            LocalAddress = [10, 0, 0, 1],
            RemoteAddress = [10, 0, 0, 2],
            State = TcpState.Established,
            Epoch = 3,
        },
    };

    public static IReadOnlyList<RecordSection> Sections(byte[] record) =>
        SectionTable.Read(record.AsMemory(Envelope.HeaderLength));

    /// <summary>A record of these sections, under a right envelope.</summary>
    public static byte[] Write(IReadOnlyCollection<RecordSection> sections, long epoch)
    {
        using var stream = new MemoryStream();
        stream.SetLength(Envelope.HeaderLength);
        stream.Position = Envelope.HeaderLength;
        SectionTable.WriteCount(stream, sections.Count);
        foreach (var section in sections) SectionTable.Write(stream, section, target => target.Write(section.Blob.Span));
        var bytes = stream.ToArray();
        new Envelope(HyperionStateCodec.Version, epoch, Layout: 0).Seal(bytes);
        return bytes;
    }

    /// <summary>The record with the sections that <paramref name="change"/> makes of its own.</summary>
    public static byte[] Changed(byte[] record, Func<IReadOnlyList<RecordSection>, IEnumerable<RecordSection>> change) =>
        Write([.. change(Sections(record))], Envelope.Open(record).Epoch);

    /// <summary>Length and checksum made to fit.</summary>
    public static byte[] Reseal(byte[] bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(ChecksumOffset - sizeof(int)), bytes.Length - Envelope.HeaderLength);
        var crc = new Crc32C();
        crc.Append(bytes.AsSpan(0, ChecksumOffset));
        crc.Append(bytes.AsSpan(Envelope.HeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ChecksumOffset), crc.Value);
        return bytes;
    }
}
