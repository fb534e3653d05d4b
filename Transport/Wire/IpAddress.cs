using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Wire;

/// <summary>An IPv4 or IPv6 address as a value: no allocation, fast to hash. Never holds an IPv4-mapped IPv6 address.</summary>
/// <remarks>It has 18 bytes, so that the key of a flow, which each connection holds several times, has 40 and not 64.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly struct IpAddress : IEquatable<IpAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;

    private IpAddress(ulong high, ulong low, bool isIPv6)
    {
        _high = high;
        _low = low;
        IsIPv6 = isIPv6;
    }

    /// <summary>The address is an IPv6 address.</summary>
    public bool IsIPv6 { get; }

    /// <summary>The upper half of an IPv6 address; 0 for IPv4.</summary>
    internal ulong High => _high;

    /// <summary>The lower half of an IPv6 address, or an IPv4 address.</summary>
    internal ulong Low => _low;

    /// <summary>Bytes of the address on the wire: 4 or 16.</summary>
    public int Length => IsIPv6 ? 16 : 4;

    /// <summary>
    /// A single host's address: not unspecified, not multicast and not limited broadcast. The broadcast address of a subnet is
    /// not known here.
    /// </summary>
    public bool IsUnicast => IsIPv6
        ? _high >> 56 != 0xFF && (_high | _low) != 0
        : (_low >> 28) != 0xE && _low >> 24 != 0 && _low != uint.MaxValue;

    /// <summary>
    /// The /24 of an IPv4 and the /64 of an IPv6 address, of which one host commonly has all: limits of one source count by it.
    /// </summary>
    public IpAddress Network => IsIPv6 ? new IpAddress(_high, 0, isIPv6: true) : new IpAddress(0, _low & ~0xFFul, isIPv6: false);

    /// <summary>Reads 4 or 16 bytes in network order; any other length is a caller's error.</summary>
    public static IpAddress Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? new IpAddress(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv6: false)
        : new IpAddress(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), isIPv6: true);

    /// <summary>The address of the class library as a value; an IPv4-mapped IPv6 address becomes the IPv4 address.</summary>
    public static IpAddress From(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out var written);
        return Read(bytes[..written]);
    }

    /// <summary>Reads the textual form.</summary>
    public static IpAddress Parse(string text) => From(IPAddress.Parse(text));

    /// <summary>Writes <see cref="Length"/> bytes in network order.</summary>
    public void Write(Span<byte> destination)
    {
        if (!IsIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>The address as the class library has it.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return new IPAddress(bytes);
    }

    /// <summary>The address family of sockets.</summary>
    public AddressFamily AddressFamily => IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>The two addresses are the same.</summary>
    public bool Equals(IpAddress other) => _low == other._low && _high == other._high && IsIPv6 == other.IsIPv6;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>The two addresses are the same.</summary>
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    /// <summary>The two addresses differ.</summary>
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    /// <summary>The address in its usual notation, e.g. <c>10.0.0.1</c> or <c>2001:db8::1</c>.</summary>
    public override string ToString() => ToIPAddress().ToString();
}
