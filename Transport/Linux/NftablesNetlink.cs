using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>The requests of nfnetlink that look at one nftables table of family inet, and remove it.</summary>
internal sealed class NftablesNetlink : IDisposable
{
    private const ushort Subsystem = 10 << 8;
    private const ushort GetTable = Subsystem | 1;
    private const ushort DeleteTable = Subsystem | 2;
    private const ushort GetChain = Subsystem | 4;
    private const ushort GetRule = Subsystem | 7;
    private const ushort BeginBatch = 0x10;
    private const ushort EndBatch = 0x11;
    private const byte FamilyInet = 1;

    // The first attribute of a table, a chain and a rule names the table; the third of a chain the chain.
    private const ushort Table = 1;
    private const ushort ChainName = 3;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkSocket.Netfilter);

    /// <summary>
    /// All that the kernel says of a table, its chains and their rules, with the numbers that it gave them: whatever is removed,
    /// replaced, added or made dormant makes it another. Null where something of it is missing.
    /// </summary>
    public byte[]? Read(string table, params IEnumerable<string> chains)
    {
        var seen = new List<byte>();
        NetlinkMessage[] requests =
        [
            Message(GetTable, NetlinkMessage.Acknowledge).Attribute(Table, table),
            .. chains.Select(
                chain => Message(GetChain, NetlinkMessage.Acknowledge).Attribute(Table, table).Attribute(ChainName, chain)),
            Message(GetRule, NetlinkMessage.Dump).Attribute(Table, table),
        ];
        foreach (var request in requests)
        {
            var error = _socket.Request(request, body => seen.AddRange(body[Unsafe.SizeOf<Header>()..]));
            if (error == Libc.ENOENT) return null;
            if (error != 0) throw new LinuxException($"looking at the nftables table {table}", error);
        }

        return [.. seen];
    }

    /// <summary>False where there is none.</summary>
    public bool Remove(string table)
    {
        var batch = new Header { Resource = BinaryPrimitives.ReverseEndianness((ushort)(Subsystem >> 8)) };
        var error = _socket.RequestBatch(
            new NetlinkMessage(BeginBatch, 0).Header(batch),
            Message(DeleteTable, NetlinkMessage.Acknowledge).Attribute(Table, table),
            new NetlinkMessage(EndBatch, 0).Header(batch));
        return error switch
        {
            0 => true,
            Libc.ENOENT => false,
            _ => throw new LinuxException($"removing the nftables table {table}", error),
        };
    }

    public void Dispose() => _socket.Dispose();

    private static NetlinkMessage Message(ushort type, ushort flags) =>
        new NetlinkMessage(type, flags).Header(new Header { Family = FamilyInet });

    /// <summary>struct nfgenmsg; its last member is big-endian and counts the changes of all tables.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Version;
        public ushort Resource;
    }
}
