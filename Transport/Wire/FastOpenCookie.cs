using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>
/// The cookie of a Fast Open option (RFC 7413 section 4.1.1): an even number of bytes from 4 to 16. Empty in a SYN it asks for
/// one.
/// </summary>
public readonly record struct FastOpenCookie
{
    /// <summary>The longest cookie, bytes.</summary>
    public const int MaximumLength = 16;
    private const int MinimumLength = 4;

    private readonly ulong _first;
    private readonly ulong _second;

    /// <exception cref="ArgumentException">A cookie cannot have so many bytes.</exception>
    public FastOpenCookie(ReadOnlySpan<byte> bytes)
    {
        if (!IsLength(bytes.Length)) throw new ArgumentException($"a cookie has no {bytes.Length} bytes", nameof(bytes));
        Span<byte> whole = stackalloc byte[MaximumLength];
        whole.Clear();
        bytes.CopyTo(whole);
        _first = BinaryPrimitives.ReadUInt64BigEndian(whole);
        _second = BinaryPrimitives.ReadUInt64BigEndian(whole[sizeof(ulong)..]);
        Length = (byte)bytes.Length;
    }

    /// <summary>Bytes of the cookie.</summary>
    public byte Length { get; }

    /// <summary>The option asks for a cookie.</summary>
    public bool IsRequest => Length == 0;

    /// <summary>An option of so many bytes is a cookie or asks for one.</summary>
    public static bool IsLength(int length) =>
        length == 0 || (length is >= MinimumLength and <= MaximumLength && length % 2 == 0);

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Span<byte> whole = stackalloc byte[MaximumLength];
        BinaryPrimitives.WriteUInt64BigEndian(whole, _first);
        BinaryPrimitives.WriteUInt64BigEndian(whole[sizeof(ulong)..], _second);
        whole[..Length].CopyTo(destination);
    }

    /// <summary>The bytes of the cookie.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        Write(bytes);
        return bytes;
    }
}
