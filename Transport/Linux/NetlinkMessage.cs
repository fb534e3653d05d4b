using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorStack.Transport.Linux;

/// <summary>
/// One request of netlink(7): the header (struct nlmsghdr), the header of the family, and attributes (struct nlattr), of which
/// some hold others. Integers are in the byte order of the host, except those of nftables.
/// </summary>
internal sealed class NetlinkMessage
{
    public const int HeaderSize = 16;
    public const int AttributeHeaderSize = 4;

    // nlmsghdr.nlmsg_flags
    public const ushort Request = 0x1;
    public const ushort Acknowledge = 0x4;
    public const ushort Replace = 0x100;
    public const ushort Exclusive = 0x200;
    public const ushort Dump = 0x300;
    public const ushort Create = 0x400;
    public const ushort Append = 0x800;

    private const ushort Nested = 0x8000;
    private const int SequenceOffset = 8;

    private byte[] _bytes = new byte[256];
    private int _length = HeaderSize;

    public NetlinkMessage(ushort type, ushort flags)
    {
        MemoryMarshal.Write(_bytes.AsSpan(4), type);
        MemoryMarshal.Write(_bytes.AsSpan(6), (ushort)(Request | flags));
    }

    /// <summary>The header of the family, which comes first.</summary>
    public NetlinkMessage Header<T>(in T header)
        where T : unmanaged
    {
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), header);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = Take(AttributeHeaderSize + value.Length);
        MemoryMarshal.Write(attribute, (ushort)(AttributeHeaderSize + value.Length));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[AttributeHeaderSize..]);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, uint value) =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>Appends a number in network byte order, as nftables has them.</summary>
    public NetlinkMessage BigEndian(ushort type, uint value) => Attribute(type, BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Appends an attribute that holds a zero-terminated string.</summary>
    public NetlinkMessage Attribute(ushort type, string text) => Attribute(type, Encoding.ASCII.GetBytes(text + '\0'));

    /// <summary>An attribute that holds those which <paramref name="fill"/> adds.</summary>
    public NetlinkMessage Nest(ushort type, Action<NetlinkMessage> fill)
    {
        var start = BeginNest(type);
        fill(this);
        EndNest(start);
        return this;
    }

    /// <summary>Begins an attribute that holds those which follow. Returns what <see cref="EndNest"/> takes.</summary>
    public int BeginNest(ushort type)
    {
        var start = _length;
        Attribute((ushort)(type | Nested), ReadOnlySpan<byte>.Empty);
        return start;
    }

    /// <summary>Ends the attribute that began there; it holds 65,531 bytes at most.</summary>
    public void EndNest(int start) => MemoryMarshal.Write(_bytes.AsSpan(start), checked((ushort)(_length - start)));

    /// <summary>The message as it is sent; a reply has the same sequence number.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(_bytes, _length);
        MemoryMarshal.Write(_bytes.AsSpan(SequenceOffset), sequence);
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>Everything begins at a multiple of four bytes.</summary>
    internal static int Align(int length) => (length + 3) & ~3;

    private Span<byte> Take(int length)
    {
        var start = _length;
        _length += Align(length);
        if (_length > _bytes.Length) Array.Resize(ref _bytes, 2 * _length);
        return _bytes.AsSpan(start, length);
    }
}
