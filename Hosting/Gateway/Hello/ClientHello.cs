using System.Buffers.Binary;
using System.Text;

namespace ActorStack.Hosting.Gateway.Hello;

/// <summary>
/// What a TLS client says before anything is encrypted (RFC 8446 section 4.1.2): the name of the server that it wants (RFC 6066
/// section 3) and its application protocols (RFC 7301).
/// </summary>
/// <param name="ServerName">The name in lower case; null: the client names none.</param>
/// <param name="Protocols">The protocols, those that the client prefers first.</param>
internal sealed record ClientHello(string? ServerName, IReadOnlyList<string> Protocols)
{
    /// <summary>The largest ClientHello that is read, in bytes, with its record headers.</summary>
    public const int Longest = 16 * 1024;

    private const int RecordHeader = 5;
    private const int LongestRecord = 16 * 1024;
    private const byte Handshake = 22;
    private const byte Hello = 1;
    private const ushort ServerNameExtension = 0;
    private const ushort ProtocolsExtension = 16;
    private const int FixedPart = 2 + 32;

    /// <summary>Reads a ClientHello, which may lie in several records.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="hello">The ClientHello; null where more bytes are needed.</param>
    /// <returns>False: what has come is no ClientHello, and never will be.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        var message = new byte[Math.Min(bytes.Length, Longest)];
        var length = 0;
        while (!bytes.IsEmpty)
        {
            if (bytes[0] != Handshake || (bytes.Length > 1 && bytes[1] != 3)) return false;
            if (bytes.Length < RecordHeader) break;
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (size is 0 or > LongestRecord) return false;
            var part = bytes[RecordHeader..];
            if (part.Length > size) part = part[..size];
            part[..Math.Min(part.Length, message.Length - length)].CopyTo(message.AsSpan(length));
            length = Math.Min(length + part.Length, message.Length);
            if (length > 0 && message[0] != Hello) return false;
            if (IsWhole(message.AsSpan(0, length), out var body, out var isTooLong)) return TryParse(body, out hello);
            if (isTooLong) return false;
            if (part.Length < size) break;
            bytes = bytes[(RecordHeader + size)..];
        }

        return true;
    }

    private static bool IsWhole(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> body, out bool isTooLong)
    {
        body = default;
        isTooLong = false;
        if (message.Length < 4) return false;
        var size = (message[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        isTooLong = size > Longest - RecordHeader - 4;
        if (isTooLong || message.Length < 4 + size) return false;
        body = message.Slice(4, size);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> body, out ClientHello? hello)
    {
        hello = null;
        if (body.Length < FixedPart) return false;
        var rest = body[FixedPart..];
        if (!TryTake(ref rest, 1, out _) || !TryTake(ref rest, 2, out _) || !TryTake(ref rest, 1, out _)) return false;
        if (rest.IsEmpty)
        {
            hello = new ClientHello(null, []);
            return true;
        }

        if (!TryTake(ref rest, 2, out var extensions)) return false;
        string? name = null;
        IReadOnlyList<string> protocols = [];
        while (!extensions.IsEmpty)
        {
            if (extensions.Length < 2) return false;
            var kind = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out var content)) return false;
            if (kind == ServerNameExtension && !TryReadName(content, out name)) return false;
            if (kind == ProtocolsExtension && !TryReadProtocols(content, out protocols)) return false;
        }

        hello = new ClientHello(name, protocols);
        return true;
    }

    private static bool TryReadName(ReadOnlySpan<byte> content, out string? name)
    {
        name = null;
        if (!TryTake(ref content, 2, out var names)) return false;
        while (!names.IsEmpty)
        {
            var kind = names[0];
            names = names[1..];
            if (!TryTake(ref names, 2, out var text)) return false;
            if (kind != 0) continue;
            if (text.IsEmpty || text.Length > 255 || text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E)) return false;
            name = Encoding.ASCII.GetString(text).ToLowerInvariant();
        }

        return true;
    }

    private static bool TryReadProtocols(ReadOnlySpan<byte> content, out IReadOnlyList<string> protocols)
    {
        var found = new List<string>();
        protocols = found;
        if (!TryTake(ref content, 2, out var list)) return false;
        while (!list.IsEmpty)
        {
            if (!TryTake(ref list, 1, out var text) || text.IsEmpty) return false;
            found.Add(Encoding.Latin1.GetString(text));
        }

        return true;
    }

    /// <summary>Takes a field whose length stands before it in one or two bytes. False: it goes beyond the end.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, int sizeOfLength, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (rest.Length < sizeOfLength) return false;
        var length = sizeOfLength == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < sizeOfLength + length) return false;
        field = rest.Slice(sizeOfLength, length);
        rest = rest[(sizeOfLength + length)..];
        return true;
    }
}
