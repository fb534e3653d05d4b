using System.Buffers.Binary;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>
/// Reads the fields of a message. Every length is checked against the bytes that are there before anything is allocated; invalid
/// input throws <see cref="FormatException"/> and nothing else.
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> source)
{
    /// <summary>The longest text of one field, in bytes.</summary>
    public const int LongestText = 4096;

    /// <summary>Smaller arrays are cheap to copy, and many in number.</summary>
    private const int LeastPinned = 16 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = source;

    /// <summary>The bytes that were not read yet.</summary>
    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatException($"a flag is {other}"),
    };

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public string Text()
    {
        var length = Int32();
        if (length is < 0 or > LongestText) throw new FormatException($"a text has {length} bytes");
        try
        {
            return Utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("a text is no UTF-8", error);
        }
    }

    /// <summary>
    /// Payload stays until the peer has acknowledged it, which is longer than many collections: large arrays lie where the
    /// collector does not copy them from generation to generation.
    /// </summary>
    public byte[] Bytes()
    {
        var source = Take(Int32());
        var bytes = GC.AllocateUninitializedArray<byte>(source.Length, pinned: source.Length >= LeastPinned);
        source.CopyTo(bytes);
        return bytes;
    }

    /// <summary>The number of entries that follow, each of which has at least <paramref name="least"/> bytes.</summary>
    public int Count(int least)
    {
        var count = Int32();
        return count >= 0 && (long)count * least <= Left
            ? count
            : throw new FormatException($"{count} entries do not fit into the {Left} bytes that are left");
    }

    public FlowKey Flow()
    {
        var length = Flag() ? 16 : 4;
        return new FlowKey(Endpoint(length), Endpoint(length));
    }

    /// <summary>Verifies that nothing follows.</summary>
    public readonly void End()
    {
        if (Left > 0) throw new FormatException($"{Left} bytes follow the end");
    }

    private TcpEndpoint Endpoint(int length) =>
        new(IpAddress.Read(Take(length)), BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort))));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw new FormatException($"{count} bytes are due and {_rest.Length} are left");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
