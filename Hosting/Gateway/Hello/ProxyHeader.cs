using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace ActorStack.Hosting.Gateway.Hello;

/// <summary>
/// A header of the PROXY protocol, version 1 or 2: whom a proxy has accepted, and where.
/// </summary>
/// <param name="Length">The bytes of the header.</param>
/// <param name="Source">The client; null: the proxy does not tell (UNKNOWN, LOCAL, another family).</param>
internal sealed record ProxyHeader(int Length, IPEndPoint? Source)
{
    /// <summary>The longest line of version 1, with its end.</summary>
    private const int LongestLine = 107;

    /// <summary>The longest header of version 2 that is taken. It has room for addresses and some extensions.</summary>
    private const int LongestBinary = 536;

    private const int BinaryStart = 16;
    private const byte Local = 0x20;
    private const byte Proxied = 0x21;
    private const byte Tcp4 = 0x11;
    private const byte Tcp6 = 0x21;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>The beginning of a line.</summary>
    private static ReadOnlySpan<byte> Word => "PROXY "u8;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="header">The header; null where more bytes are needed.</param>
    /// <returns>False: what has come is no header, and never will be.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        if (IsBeginning(bytes, Signature)) return bytes.Length < BinaryStart || TryReadBinary(bytes, out header);
        return IsBeginning(bytes, Word) && (bytes.Length < Word.Length || TryReadLine(bytes, out header));
    }

    /// <summary>Writes a header that tells of a client.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="source">The client.</param>
    /// <param name="destination">The address and port that the client connected to.</param>
    public static byte[] Write(ProxyProtocolVersion version, IPEndPoint source, IPEndPoint destination)
    {
        var isSame = source.AddressFamily == destination.AddressFamily;
        var (from, to) = (source.Address.GetAddressBytes(), destination.Address.GetAddressBytes());
        if (version is ProxyProtocolVersion.V1)
        {
            var line = isSame
                ? $"PROXY TCP{(from.Length == 4 ? 4 : 6)} {source.Address} {destination.Address} "
                    + $"{source.Port} {destination.Port}\r\n"
                : "PROXY UNKNOWN\r\n";
            return Encoding.ASCII.GetBytes(line);
        }

        if (!isSame) return [.. Signature, Local, 0, 0, 0];
        var header = new byte[BinaryStart + 2 * from.Length + 4];
        Signature.CopyTo(header);
        (header[12], header[13]) = (Proxied, from.Length == 4 ? Tcp4 : Tcp6);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(header.Length - BinaryStart));
        from.CopyTo(header, BinaryStart);
        to.CopyTo(header, BinaryStart + from.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(^4), (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(^2), (ushort)destination.Port);
        return header;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected) =>
        bytes.Length < expected.Length ? expected.StartsWith(bytes) : bytes.StartsWith(expected);

    private static bool TryReadBinary(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        var (command, family) = (bytes[12], bytes[13]);
        var length = BinaryStart + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (command is not (Local or Proxied) || length > LongestBinary) return false;
        if (bytes.Length < length) return true;
        var size = family switch
        {
            Tcp4 => 4,
            Tcp6 => 16,
            _ => 0,
        };
        if (command is Local || size == 0)
        {
            header = new ProxyHeader(length, Source: null);
            return true;
        }

        if (length < BinaryStart + 2 * size + 4) return false;
        var addresses = bytes[BinaryStart..];
        var port = BinaryPrimitives.ReadUInt16BigEndian(addresses[(2 * size)..]);
        header = new ProxyHeader(length, new IPEndPoint(new IPAddress(addresses[..size]), port));
        return true;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        var end = bytes[..Math.Min(bytes.Length, LongestLine)].IndexOf("\r\n"u8);
        if (end < 0) return bytes.Length < LongestLine;
        var fields = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        if (fields is ["PROXY", "UNKNOWN", ..])
        {
            header = new ProxyHeader(end + 2, Source: null);
            return true;
        }

        if (fields is not ["PROXY", "TCP4" or "TCP6", var source, var destination, var from, var to]
            || !TryParse(source, fields[1], out var address) || !TryParse(destination, fields[1], out _)
            || !TryParse(from, out var port) || !TryParse(to, out _)) return false;
        header = new ProxyHeader(end + 2, new IPEndPoint(address, port));
        return true;
    }

    private static bool TryParse(string text, string family, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && address.GetAddressBytes().Length == (family == "TCP4" ? 4 : 16);

    private static bool TryParse(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
