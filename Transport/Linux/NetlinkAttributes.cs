using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>The attributes (struct nlattr) in what a netlink socket answered.</summary>
internal readonly ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const ushort TypeMask = 0x3FFF;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The value of the first attribute of the type; empty where there is none.</summary>
    public ReadOnlySpan<byte> this[ushort type]
    {
        get
        {
            var rest = _bytes;
            while (rest.Length >= NetlinkMessage.AttributeHeaderSize)
            {
                var length = MemoryMarshal.Read<ushort>(rest);
                if (length < NetlinkMessage.AttributeHeaderSize || length > rest.Length) break;
                if ((MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask) == type)
                    return rest[NetlinkMessage.AttributeHeaderSize..length];
                rest = rest[Math.Min(NetlinkMessage.Align(length), rest.Length)..];
            }

            return default;
        }
    }

    /// <summary>The number in the first attribute of the type; 0 where there is none.</summary>
    public uint Number(ushort type) => this[type] is { Length: >= sizeof(uint) } value ? MemoryMarshal.Read<uint>(value) : 0;
}
