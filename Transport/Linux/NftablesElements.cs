namespace ActorStack.Transport.Linux;

/// <summary>
/// The elements of a map in one message of an <see cref="NftablesTransaction"/>. Dispose it when they are complete.
/// </summary>
internal readonly struct NftablesElements : IDisposable
{
    /// <summary>Elements of one message at most: the length of a list has 16 bits, and an element with IPv6 64 bytes.</summary>
    public const int Most = 1000;

    private const ushort List = 3;
    private const ushort One = 1;
    private const ushort Key = 1;
    private const ushort Data = 2;
    private const ushort Value = 1;

    private readonly NetlinkMessage _message;
    private readonly int _start;

    public NftablesElements(NetlinkMessage message)
    {
        _message = message;
        _start = message.BeginNest(List);
    }

    /// <summary>An element to add, with its mark; one to remove has none.</summary>
    public void Add(ReadOnlySpan<byte> key, uint? mark = null)
    {
        var element = _message.BeginNest(One);
        var part = _message.BeginNest(Key);
        _message.Attribute(Value, key);
        _message.EndNest(part);
        if (mark is { } value)
        {
            part = _message.BeginNest(Data);
            _message.Attribute(Value, value);
            _message.EndNest(part);
        }

        _message.EndNest(element);
    }

    public void Dispose() => _message.EndNest(_start);
}
