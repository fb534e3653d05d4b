using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorStack.Transport.Wire;

/// <summary>
/// The Internet checksum (RFC 1071), summed over any number of spans of any lengths. The running sum is kept in the machine's
/// byte order: ones' complement addition does not care (section 2, B), and no byte is swapped on the way.
/// </summary>
public struct Checksum
{
    private ulong _sum;
    private bool _odd;

    /// <summary>The ones' complement sum so far, not complemented, as a number to be written in network order.</summary>
    public readonly ushort Sum => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(Fold(_sum)) : Fold(_sum);

    /// <summary>The value of a checksum field over the bytes added, where the field itself counted as 0.</summary>
    public readonly ushort Value => (ushort)~Sum;

    /// <summary>The bytes added, with their checksum field, have the sum of an intact packet.</summary>
    public readonly bool IsIntact => Fold(_sum) == 0xFFFF;

    /// <summary>The checksum field over <paramref name="bytes"/>.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes)
    {
        var checksum = default(Checksum);
        checksum.Add(bytes);
        return checksum.Value;
    }

    /// <summary>Starts with the pseudo-header of RFC 9293 section 3.1 or RFC 8200 section 8.1.</summary>
    public static Checksum PseudoHeader(in IpAddress source, in IpAddress destination, byte protocol, int length)
    {
        Span<byte> header = stackalloc byte[40];
        source.Write(header);
        destination.Write(header[source.Length..]);
        var tail = header[(source.Length + destination.Length)..];
        BinaryPrimitives.WriteUInt32BigEndian(tail, (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(tail[4..], protocol);

        var checksum = default(Checksum);
        checksum.Add(header[..(source.Length + destination.Length + 8)]);
        return checksum;
    }

    /// <summary>Adds bytes that continue those before.</summary>
    public void Add(in ReadOnlySequence<byte> bytes)
    {
        foreach (var memory in bytes) Add(memory.Span);
    }

    /// <summary>Adds bytes that continue those before.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        // A span that starts at an odd place contributes its sum with the bytes swapped (RFC 1071 section 2, B).
        var sum = Fold(SumWords(bytes));
        _sum += _odd ? BinaryPrimitives.ReverseEndianness(sum) : sum;
        _odd ^= (bytes.Length & 1) != 0;
    }

    private static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16 & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }

    private static ulong SumWords(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (Vector512.IsHardwareAccelerated && bytes.Length >= 2 * Vector512<byte>.Count) sum = Sum512(ref bytes);
        else if (Vector256.IsHardwareAccelerated && bytes.Length >= 2 * Vector256<byte>.Count) sum = Sum256(ref bytes);
        return AddWithCarry(sum, SumScalar(bytes));
    }

    // Each 64-bit lane gathers 32-bit halves, so no carry is lost in less than 2^32 rounds.
    private static ulong Sum512(ref ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, Vector512<ulong>>(bytes);
        var low = Vector512<ulong>.Zero;
        var high = Vector512<ulong>.Zero;
        foreach (ref readonly var word in words)
        {
            low += word & Vector512.Create(0xFFFF_FFFFUL);
            high += word >>> 32;
        }

        bytes = bytes[(words.Length * Vector512<byte>.Count)..];
        return Vector512.Sum(low) + Vector512.Sum(high);
    }

    private static ulong Sum256(ref ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, Vector256<ulong>>(bytes);
        var low = Vector256<ulong>.Zero;
        var high = Vector256<ulong>.Zero;
        foreach (ref readonly var word in words)
        {
            low += word & Vector256.Create(0xFFFF_FFFFUL);
            high += word >>> 32;
        }

        bytes = bytes[(words.Length * Vector256<byte>.Count)..];
        return Vector256.Sum(low) + Vector256.Sum(high);
    }

    private static ulong SumScalar(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) sum = AddWithCarry(sum, word);

        return AddWithCarry(sum, LastBytes(bytes[(words.Length * sizeof(ulong))..]));
    }

    /// <summary>Up to seven bytes; an odd last one is padded with a zero behind it.</summary>
    private static ulong LastBytes(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (bytes.Length >= sizeof(uint))
        {
            sum = MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        if (bytes.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        if (bytes.IsEmpty) return sum;
        return sum + (BitConverter.IsLittleEndian ? bytes[0] : (uint)bytes[0] << 8);
    }

    private static ulong AddWithCarry(ulong left, ulong right)
    {
        var sum = left + right;
        return sum + (sum < right ? 1UL : 0);
    }
}
