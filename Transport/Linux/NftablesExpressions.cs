namespace ActorStack.Transport.Linux;

/// <summary>
/// The expressions of which rules of nftables consist. A register has four bytes here, numbered from 0; a longer value takes
/// those that follow. An expression that finds no match, or not what it is to load, ends its rule.
/// </summary>
internal static class NftablesExpressions
{
    // Fields of a packet's meta data: NFT_META_MARK, NFT_META_IIFNAME, NFT_META_L4PROTO.
    public const uint Mark = 3;
    public const uint InputName = 6;
    public const uint Protocol = 16;

    // Where an offset counts from: NFT_PAYLOAD_NETWORK_HEADER, NFT_PAYLOAD_TRANSPORT_HEADER.
    public const uint NetworkHeader = 1;
    public const uint TransportHeader = 2;

    /// <summary>NFT_REG32_00; NFT_REG_VERDICT is 0.</summary>
    private const uint FirstRegister = 8;

    private const ushort One = 1;
    private const ushort Name = 1;
    private const ushort Body = 2;
    private const ushort DataValue = 1;
    private const ushort DataVerdict = 2;

    /// <summary>NF_DROP and NF_ACCEPT.</summary>
    private const uint DropCode = 0;
    private const uint AcceptCode = 1;

    public static Action<NetlinkMessage> Accept => Verdict(AcceptCode);

    public static Action<NetlinkMessage> Drop => Verdict(DropCode);

    public static Action<NetlinkMessage> LoadMeta(uint field, uint register) => Expression(
        "meta", body => body.BigEndian(1, FirstRegister + register).BigEndian(2, field));

    public static Action<NetlinkMessage> SetMeta(uint field, uint register) => Expression(
        "meta", body => body.BigEndian(2, field).BigEndian(3, FirstRegister + register));

    public static Action<NetlinkMessage> LoadPayload(uint header, uint offset, uint length, uint register) => Expression(
        "payload",
        body => body.BigEndian(1, FirstRegister + register).BigEndian(2, header).BigEndian(3, offset).BigEndian(4, length));

    public static Action<NetlinkMessage> IsEqual(uint register, params byte[] value) => Compare(operation: 0, register, value);

    public static Action<NetlinkMessage> IsBelow(uint register, params byte[] value) => Compare(operation: 2, register, value);

    /// <summary>The key is in the registers from 0 on, and what the map has for it goes to register 0.</summary>
    public static Action<NetlinkMessage> Map(string map) => Expression(
        "lookup", body => body.Attribute(1, map).BigEndian(2, FirstRegister).BigEndian(3, FirstRegister));

    private static Action<NetlinkMessage> Compare(uint operation, uint register, byte[] value) => Expression(
        "cmp",
        body => body.BigEndian(1, FirstRegister + register).BigEndian(2, operation)
            .Nest(3, data => data.Attribute(DataValue, value)));

    private static Action<NetlinkMessage> Verdict(uint code) => Expression(
        "immediate",
        body => body.BigEndian(1, 0).Nest(2, data => data.Nest(DataVerdict, verdict => verdict.BigEndian(1, code))));

    private static Action<NetlinkMessage> Expression(string name, Action<NetlinkMessage> body) =>
        rule => rule.Nest(One, one => one.Attribute(Name, name).Nest(Body, body));
}
