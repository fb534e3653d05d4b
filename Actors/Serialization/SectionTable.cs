using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// The sections of a record in sequence: their count, then for each section the length of the key, the key, generation, flags,
/// layout, length of the blob, and the blob. Network byte order. The reader needs no knowledge of a section to skip it, so that
/// a record of a later build is readable.
/// </summary>
internal static class SectionTable
{
    /// <summary>The most sections of a record.</summary>
    public const int MaximumCount = 256;

    /// <summary>The most bytes of a key.</summary>
    public const int MaximumKey = 32;

    /// <summary>The flag of a section that a reader must know.</summary>
    public const byte Required = 1;

    private static readonly SearchValues<byte> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private const int HeadLength = sizeof(ushort) + sizeof(byte) + sizeof(uint) + sizeof(int);

    public static void WriteCount(Stream stream, int count)
    {
        if (count > MaximumCount) throw new ArgumentException($"{count} sections, of at most {MaximumCount}");
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)count);
        stream.Write(bytes);
    }

    /// <summary>Appends one section.</summary>
    /// <param name="stream">The record; its position is its end.</param>
    /// <param name="section">The section; <paramref name="blob"/> writes its blob directly to the stream.</param>
    /// <param name="blob">Writes the serialized section to the stream that it is given.</param>
    public static void Write(MemoryStream stream, in RecordSection section, Action<Stream> blob)
    {
        if (!IsKey(Encoding.ASCII.GetBytes(section.Key))) throw new ArgumentException($"'{section.Key}' is no key of a section");
        stream.WriteByte((byte)section.Key.Length);
        stream.Write(Encoding.ASCII.GetBytes(section.Key));
        var head = (int)stream.Position;
        stream.SetLength(head + HeadLength);
        stream.Position = head + HeadLength;
        blob(stream);

        var bytes = stream.GetBuffer().AsSpan(head);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, section.Generation);
        bytes[sizeof(ushort)] = section.IsRequired ? Required : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(sizeof(ushort) + 1)..], section.Layout);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(HeadLength - sizeof(int))..], (int)stream.Position - head - HeadLength);
    }

    /// <exception cref="FormatException">Names the section that is wrong, or its position where it has no readable
    /// name.</exception>
    public static IReadOnlyList<RecordSection> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < sizeof(ushort)) throw new FormatException("the table of sections is truncated");
        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span);
        if (count > MaximumCount) throw new FormatException($"{count} sections, of at most {MaximumCount}");
        var rest = bytes[sizeof(ushort)..];
        var sections = new List<RecordSection>(count);
        var seen = new HashSet<(string, ushort)>();
        for (var index = 0; index < count; index++)
        {
            var section = ReadSection(ref rest, index);
            if (!seen.Add((section.Key, section.Generation)))
                throw new FormatException($"{section} stands in the record twice");
            sections.Add(section);
        }

        if (!rest.IsEmpty) throw new FormatException($"{rest.Length} bytes follow the last section");
        return sections;
    }

    private static RecordSection ReadSection(ref ReadOnlyMemory<byte> rest, int index)
    {
        var keyLength = rest.IsEmpty ? 0 : rest.Span[0];
        if (rest.Length < 1 + keyLength + HeadLength) throw new FormatException($"section {index}: truncated");
        var key = rest.Span.Slice(1, keyLength);
        if (!IsKey(key)) throw new FormatException($"section {index}: its key is not 1 to {MaximumKey} of a-z, 0-9 and -");

        var head = rest.Span.Slice(1 + keyLength, HeadLength);
        var name = Encoding.ASCII.GetString(key);
        var length = BinaryPrimitives.ReadInt32BigEndian(head[(HeadLength - sizeof(int))..]);
        var blob = rest[(1 + keyLength + HeadLength)..];
        if (length < 0 || length > blob.Length)
            throw new FormatException($"section '{name}': {length} bytes announced, {blob.Length} are there");

        rest = blob[length..];
        return new RecordSection(
            name, BinaryPrimitives.ReadUInt16BigEndian(head), (head[sizeof(ushort)] & Required) != 0,
            BinaryPrimitives.ReadUInt32BigEndian(head[(sizeof(ushort) + 1)..]), blob[..length]);
    }

    private static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= MaximumKey && !key.ContainsAnyExcept(KeyCharacters);
}
