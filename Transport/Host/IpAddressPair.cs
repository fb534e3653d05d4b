using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>Two addresses of the same version in 32 bytes; which version it is, its holder knows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct IpAddressPair
{
    private readonly UInt128Parts _local;
    private readonly UInt128Parts _remote;

    public IpAddressPair(in IpAddress local, in IpAddress remote)
    {
        _local = UInt128Parts.Of(local);
        _remote = UInt128Parts.Of(remote);
    }

    public IpAddress Local(bool ipv6) => _local.ToAddress(ipv6);

    public IpAddress Remote(bool ipv6) => _remote.ToAddress(ipv6);

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct UInt128Parts(ulong First, ulong Second)
    {
        public static UInt128Parts Of(in IpAddress address)
        {
            Span<byte> bytes = stackalloc byte[16];
            bytes.Clear();
            address.Write(bytes);
            return MemoryMarshal.Read<UInt128Parts>(bytes);
        }

        public IpAddress ToAddress(bool ipv6)
        {
            Span<byte> bytes = stackalloc byte[16];
            MemoryMarshal.Write(bytes, this);
            return IpAddress.Read(bytes[..(ipv6 ? 16 : 4)]);
        }
    }
}
