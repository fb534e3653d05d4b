namespace ActorStack.Transport.Linux;

/// <summary>Changes to nftables that happen together, or not at all (linux/netfilter/nf_tables.h).</summary>
internal sealed class NftablesTransaction
{
    private const ushort NewTable = NftablesNetlink.Subsystem | 0;
    private const ushort DeleteTable = NftablesNetlink.Subsystem | 2;
    private const ushort NewChain = NftablesNetlink.Subsystem | 3;
    private const ushort NewRule = NftablesNetlink.Subsystem | 6;
    private const ushort NewSet = NftablesNetlink.Subsystem | 9;
    private const ushort NewElements = NftablesNetlink.Subsystem | 12;
    private const ushort DeleteElements = NftablesNetlink.Subsystem | 14;

    // The first attribute of each names the table.
    private const ushort Table = 1;
    private const ushort ChainName = 3;
    private const ushort ChainHook = 4;
    private const ushort ChainPolicy = 5;
    private const ushort ChainType = 7;
    private const ushort HookNumber = 1;
    private const ushort HookPriority = 2;
    private const ushort RuleChain = 2;
    private const ushort RuleExpressions = 4;
    private const ushort SetName = 2;
    private const ushort SetFlags = 3;
    private const ushort SetKeyType = 4;
    private const ushort SetKeyLength = 5;
    private const ushort SetDataType = 6;
    private const ushort SetDataLength = 7;
    private const ushort SetDescription = 9;
    private const ushort SetIdentifier = 10;
    private const ushort DescriptionSize = 1;

    private const uint Accept = 1;
    private const uint IsMap = 8;

    /// <summary>The program <c>nft</c> knows the types by these numbers; the kernel keeps them for it.</summary>
    private const uint MarkType = 19;

    private readonly List<NetlinkMessage> _changes = [];

    /// <summary>The requests in their order.</summary>
    public IReadOnlyList<NetlinkMessage> Changes => _changes;

    /// <summary>A table that is there already stays as it is.</summary>
    public NftablesTransaction AddTable(byte family, string table)
    {
        Append(NewTable, NetlinkMessage.Create, family).Attribute(Table, table);
        return this;
    }

    /// <summary>With all that is in it.</summary>
    public NftablesTransaction RemoveTable(byte family, string table)
    {
        Append(DeleteTable, 0, family).Attribute(Table, table);
        return this;
    }

    /// <summary>A chain that filters at a hook, and accepts what no rule decides on.</summary>
    /// <param name="family">The family of the table.</param>
    /// <param name="table">The table, which is there.</param>
    /// <param name="chain">The name of the chain.</param>
    /// <param name="hook">The number of the hook, e.g. 0: prerouting.</param>
    /// <param name="priority">Chains of a hook run from the lowest to the highest.</param>
    /// <param name="type">filter; or route, which at the output hook routes a packet again whose mark has changed.</param>
    public NftablesTransaction AddChain(byte family, string table, string chain, uint hook, int priority, string type = "filter")
    {
        Append(NewChain, NetlinkMessage.Create, family).Attribute(Table, table).Attribute(ChainName, chain)
            .Nest(ChainHook, nested => nested.BigEndian(HookNumber, hook).BigEndian(HookPriority, unchecked((uint)priority)))
            .BigEndian(ChainPolicy, Accept).Attribute(ChainType, type);
        return this;
    }

    /// <summary>A map to firewall marks, found by a hash of the key.</summary>
    /// <param name="family">The family of the table.</param>
    /// <param name="table">The table, which is there.</param>
    /// <param name="map">The name of the map.</param>
    /// <param name="keyType">The types of the key's parts, six bits each.</param>
    /// <param name="keyLength">Bytes; each part is padded to four.</param>
    /// <param name="capacity">Elements at most.</param>
    public NftablesTransaction AddMap(byte family, string table, string map, uint keyType, uint keyLength, uint capacity)
    {
        Append(NewSet, NetlinkMessage.Create, family).Attribute(Table, table).Attribute(SetName, map)
            .BigEndian(SetFlags, IsMap).BigEndian(SetKeyType, keyType).BigEndian(SetKeyLength, keyLength)
            .BigEndian(SetDataType, MarkType).BigEndian(SetDataLength, sizeof(uint))
            .Nest(SetDescription, description => description.BigEndian(DescriptionSize, capacity))
            .BigEndian(SetIdentifier, (uint)_changes.Count);
        return this;
    }

    /// <summary>A rule at the end of a chain.</summary>
    public NftablesTransaction AddRule(
        byte family, string table, string chain, params IEnumerable<Action<NetlinkMessage>> expressions)
    {
        Append(NewRule, NetlinkMessage.Create | NetlinkMessage.Append, family).Attribute(Table, table).Attribute(RuleChain, chain)
            .Nest(RuleExpressions, rule =>
            {
                foreach (var expression in expressions) expression(rule);
            });
        return this;
    }

    /// <summary>Elements that are not in the map yet, or with the same mark.</summary>
    public NftablesElements AddElements(byte family, string table, string map) =>
        new(Append(NewElements, NetlinkMessage.Create, family).Attribute(Table, table).Attribute(SetName, map));

    /// <summary>Elements that are in the map.</summary>
    public NftablesElements RemoveElements(byte family, string table, string map) =>
        new(Append(DeleteElements, 0, family).Attribute(Table, table).Attribute(SetName, map));

    /// <summary>Removes every element of the map.</summary>
    public NftablesTransaction Flush(byte family, string table, string map)
    {
        Append(DeleteElements, 0, family).Attribute(Table, table).Attribute(SetName, map);
        return this;
    }

    private NetlinkMessage Append(ushort type, ushort flags, byte family)
    {
        var change = NftablesNetlink.Message(type, (ushort)(flags | NetlinkMessage.Acknowledge), family);
        _changes.Add(change);
        return change;
    }
}
