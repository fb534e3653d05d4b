using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// A packet of which some fragments are there, in ascending order. The headers of the first go before the payload when it is
/// whole.
/// </summary>
internal sealed class FragmentedPacket(FragmentedPacketKey key, TimeSpan since)
{
    /// <summary>Bytes of memory that a packet without fragments takes, and each fragment beside its bytes.</summary>
    public const int EmptyCost = 512;

    private const int FragmentCost = 64;

    /// <summary>
    /// The largest cost of one packet: its bytes, a second copy of its headers, and the overhead of it and of its fragments.
    /// </summary>
    public const int LargestCost = MaximumPacket + MaximumHeaders + EmptyCost + MaximumFragments * FragmentCost;

    private const int MaximumHeaders = 512;

    /// <summary>More than any path cuts a packet into; bounds the work for each.</summary>
    private const int MaximumFragments = 64;

    private const int MaximumPacket = ushort.MaxValue;

    private readonly List<Fragment> _fragments = [];
    private byte[] _headers = [];
    private int _received;
    private int? _length;

    public FragmentedPacketKey Key => key;

    public TimeSpan Since => since;

    public bool IsWhole => _length == _received && _headers.Length > 0;

    /// <summary>False where the fragment cannot be of a sound packet.</summary>
    /// <param name="packet">The fragment, IP header first.</param>
    /// <param name="fragment">Its header, which was read.</param>
    /// <param name="cost">Bytes of memory that it takes.</param>
    public bool TryAdd(ReadOnlySpan<byte> packet, in IpHeader fragment, out int cost)
    {
        cost = 0;
        var payload = packet[fragment.Length..fragment.TotalLength];
        var (start, end) = (fragment.FragmentOffset, fragment.FragmentOffset + payload.Length);
        if (!IsSound(fragment, payload.Length)) return false;
        var place = PlaceOf(start);
        if (place < _fragments.Count && _fragments[place].Start == start && _fragments[place].End == end) return true; // a copy
        if (_fragments.Count == MaximumFragments || !IsGap(place, start, end)) return false;
        if (!fragment.HasMoreFragments)
        {
            if (_length is not null || place < _fragments.Count) return false;
            _length = end;
        }
        else if (end > _length)
        {
            return false;
        }

        if (start == 0) TakeHeaders(packet, fragment);
        _fragments.Insert(place, new Fragment(start, payload.ToArray()));
        _received += payload.Length;
        cost = payload.Length + FragmentCost + (start == 0 ? _headers.Length : 0);
        return _headers.Length + _received <= MaximumPacket;
    }

    /// <summary>The whole packet; its buffer is the caller's.</summary>
    public LinkFrame Assemble()
    {
        var buffer = FrameBuffer.Rent();
        var length = _headers.Length + _received;
        var packet = buffer.Bytes.AsSpan(0, length);
        _headers.CopyTo(packet);
        foreach (var fragment in _fragments) fragment.Bytes.CopyTo(packet[(_headers.Length + fragment.Start)..]);
        if (key.Source.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Layout.PayloadLength..], (ushort)(length - IPv6Layout.Length));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.TotalLength..], (ushort)length);
            packet.Slice(IPv4Layout.Fragment, sizeof(ushort)).Clear();
            packet.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], Checksum.Compute(packet[.._headers.Length]));
        }

        return new LinkFrame(buffer, 0, length, ChecksumVerified: false, SegmentSize: 0);
    }

    /// <summary>
    /// Whole words but at the end, no longer than a packet can be, and with the whole transport header in the first, so that
    /// nothing that looks at fragments alone can be deceived (RFC 1858, RFC 8200 section 4.5).
    /// </summary>
    private static bool IsSound(in IpHeader fragment, int length) =>
        length > 0
        && (!fragment.HasMoreFragments || length % 8 == 0)
        && fragment.Length + fragment.FragmentOffset + length <= MaximumPacket
        && fragment.Length <= MaximumHeaders
        && (fragment.FragmentOffset > 0 || fragment.Protocol != IpProtocol.Tcp || length >= TcpLayout.Length);

    /// <summary>The first fragment at <paramref name="start"/> or after, by halving.</summary>
    private int PlaceOf(int start)
    {
        var (low, high) = (0, _fragments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_fragments[middle].Start < start) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool IsGap(int place, int start, int end) =>
        (place == 0 || _fragments[place - 1].End <= start) && (place == _fragments.Count || end <= _fragments[place].Start);

    /// <summary>
    /// Keeps the headers before the fragment's bytes. The fragment header of IPv6 is taken out: the header before it then
    /// announces the one behind it.
    /// </summary>
    private void TakeHeaders(ReadOnlySpan<byte> packet, in IpHeader fragment)
    {
        _headers = packet[..(key.Source.IsIPv6 ? fragment.FragmentHeader : fragment.Length)].ToArray();
        if (key.Source.IsIPv6) _headers[fragment.FragmentAnnouncement] = packet[fragment.FragmentHeader];
    }

    private readonly record struct Fragment(int Start, byte[] Bytes)
    {
        public int End => Start + Bytes.Length;
    }
}
