using System.Buffers.Binary;
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
            foreach (var attribute in this)
            {
                if (attribute.Type == type) return attribute.Value;
            }

            return default;
        }
    }

    /// <summary>The number in the first attribute of the type, in network byte order as nftables has it; 0: none.</summary>
    public uint BigEndian(ushort type) =>
        this[type] is { Length: >= sizeof(uint) } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    /// <summary>The attributes one after the other.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>The number in the first attribute of the type; 0 where there is none.</summary>
    public uint Number(ushort type) => this[type] is { Length: >= sizeof(uint) } value ? MemoryMarshal.Read<uint>(value) : 0;

    /// <summary>One attribute.</summary>
    public readonly ref struct Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        public ushort Type { get; } = type;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    /// <summary>Reads attribute after attribute, until the end or until one is longer than what is there.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public Attribute Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.Length < NetlinkMessage.AttributeHeaderSize) return false;
            var length = MemoryMarshal.Read<ushort>(_rest);
            if (length < NetlinkMessage.AttributeHeaderSize || length > _rest.Length) return false;
            Current = new Attribute(
                (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask), _rest[NetlinkMessage.AttributeHeaderSize..length]);
            _rest = _rest[Math.Min(NetlinkMessage.Align(length), _rest.Length)..];
            return true;
        }
    }
}
