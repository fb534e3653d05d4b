using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>The requests of nfnetlink that look at nftables, and commit changes to them.</summary>
internal sealed class NftablesNetlink : IDisposable
{
    // Families of tables: NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6.
    public const byte FamilyInet = 1;
    public const byte FamilyIPv4 = 2;
    public const byte FamilyIPv6 = 10;

    internal const ushort Subsystem = 10 << 8;

    private const ushort GetTable = Subsystem | 1;
    private const ushort GetChain = Subsystem | 4;
    private const ushort GetRule = Subsystem | 7;
    private const ushort GetElements = Subsystem | 13;
    private const ushort GetGeneration = Subsystem | 16;
    private const ushort BeginBatch = 0x10;
    private const ushort EndBatch = 0x11;

    // The first attribute of a table, a chain, a rule and a list of elements names the table; the third of a chain the chain.
    private const ushort Table = 1;
    private const ushort ChainName = 3;
    private const ushort SetName = 2;
    private const ushort Elements = 3;
    private const ushort ElementKey = 1;
    private const ushort ElementData = 2;
    private const ushort DataValue = 1;
    private const ushort GenerationNumber = 1;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkSocket.Netfilter);

    /// <summary>Reads one element of a map.</summary>
    public delegate void ElementReader(ReadOnlySpan<byte> key, uint data);

    /// <summary>Transactions that this one committed: each makes one generation.</summary>
    public uint Commits { get; private set; }

    /// <summary>The number of changes to any table of the network namespace so far; each transaction is one.</summary>
    public uint ReadGeneration()
    {
        var generation = 0u;
        var error = _socket.Request(
            Message(GetGeneration, NetlinkMessage.Acknowledge, family: 0),
            body => generation = new NetlinkAttributes(body[Unsafe.SizeOf<Header>()..]).BigEndian(GenerationNumber));
        return error == 0 ? generation : throw new LinuxException("asking nftables for its generation", error);
    }

    /// <summary>
    /// All that the kernel says of a table, its chains and their rules, with the numbers that it gave them: whatever is removed,
    /// replaced, added or made dormant makes it another. Null where something of it is missing.
    /// </summary>
    public byte[]? Read(byte family, string table, params IEnumerable<string> chains)
    {
        var seen = new List<byte>();
        NetlinkMessage[] requests =
        [
            Message(GetTable, NetlinkMessage.Acknowledge, family).Attribute(Table, table),
            .. chains.Select(chain =>
                Message(GetChain, NetlinkMessage.Acknowledge, family).Attribute(Table, table).Attribute(ChainName, chain)),
            Message(GetRule, NetlinkMessage.Dump, family).Attribute(Table, table),
        ];
        foreach (var request in requests)
        {
            var error = _socket.Request(request, body => seen.AddRange(body[Unsafe.SizeOf<Header>()..]));
            if (error == Libc.ENOENT) return null;
            if (error != 0) throw new LinuxException($"looking at the nftables table {table}", error);
        }

        return [.. seen];
    }

    /// <summary>Reads the elements of a map to marks. False where there is no such map.</summary>
    public bool ReadElements(byte family, string table, string map, ElementReader read)
    {
        var request = Message(GetElements, NetlinkMessage.Dump, family).Attribute(Table, table).Attribute(SetName, map);
        var error = _socket.Request(request, body =>
        {
            foreach (var element in new NetlinkAttributes(new NetlinkAttributes(body[Unsafe.SizeOf<Header>()..])[Elements]))
            {
                var attributes = new NetlinkAttributes(element.Value);
                read(
                    new NetlinkAttributes(attributes[ElementKey])[DataValue],
                    new NetlinkAttributes(attributes[ElementData]).Number(DataValue));
            }
        });
        if (error is not (0 or Libc.ENOENT)) throw new LinuxException($"looking at the nftables map {map}", error);
        return error == 0;
    }

    /// <summary>
    /// Makes all changes of the transaction, or none. Returns 0, or what went wrong with the first that failed (errno).
    /// </summary>
    public int Commit(NftablesTransaction transaction)
    {
        var batch = new Header { Resource = BinaryPrimitives.ReverseEndianness((ushort)(Subsystem >> 8)) };
        var error = _socket.RequestBatch(
            new NetlinkMessage(BeginBatch, 0).Header(batch), transaction.Changes, new NetlinkMessage(EndBatch, 0).Header(batch));
        if (error == 0) Commits++;
        return error;
    }

    /// <summary>False where there is none.</summary>
    public bool Remove(byte family, string table) => Commit(new NftablesTransaction().RemoveTable(family, table)) switch
    {
        0 => true,
        Libc.ENOENT => false,
        var error => throw new LinuxException($"removing the nftables table {table}", error),
    };

    public void Dispose() => _socket.Dispose();

    internal static NetlinkMessage Message(ushort type, ushort flags, byte family) =>
        new NetlinkMessage(type, flags).Header(new Header { Family = family });

    /// <summary>struct nfgenmsg; its last member is big-endian and counts the changes of all tables.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Version;
        public ushort Resource;
    }
}
