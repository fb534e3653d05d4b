using System.Buffers.Binary;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>A packet of which some fragments are there. The headers of the first go before the payload when it is whole.</summary>
internal sealed class FragmentedPacket(in IpHeader header, TimeSpan since)
{
    /// <summary>Headers go here, as long as they may be; the payload follows.</summary>
    private const int HeaderRoom = 512;

    /// <summary>More than any path cuts a packet into; each costs a search.</summary>
    private const int MaximumFragments = 64;

    private const int MaximumPacket = ushort.MaxValue;

    private readonly IpAddress _source = header.Source;
    private readonly IpAddress _destination = header.Destination;
    private readonly uint _identification = header.FragmentIdentification;
    private readonly byte _protocol = header.Protocol;
    private readonly FrameBuffer _buffer = FrameBuffer.Rent();
    private readonly List<(int Start, int End)> _parts = [];
    private int _received;
    private int _headerLength;
    private int? _length;

    public TimeSpan Since => since;

    public bool IsWhole => _length == _received && _headerLength > 0;

    public bool IsOf(in IpHeader fragment) =>
        fragment.FragmentIdentification == _identification && fragment.Source == _source && fragment.Destination == _destination
        && (fragment.Protocol == _protocol || _source.IsIPv6);

    /// <summary>False where the fragment cannot be of a sound packet.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet, in IpHeader fragment)
    {
        var payload = packet[fragment.Length..fragment.TotalLength];
        var (start, end) = (fragment.FragmentOffset, fragment.FragmentOffset + payload.Length);
        if (!IsSound(fragment, payload.Length)) return false;
        if (_parts.Contains((start, end))) return true; // a copy
        if (_parts.Count == MaximumFragments || _parts.Exists(part => start < part.End && part.Start < end)) return false;
        if (!fragment.HasMoreFragments)
        {
            if (_length is not null || _parts.Exists(part => part.End > end)) return false;
            _length = end;
        }
        else if (end > _length)
        {
            return false;
        }

        if (start == 0) TakeHeaders(packet, fragment);
        payload.CopyTo(_buffer.Bytes.AsSpan(HeaderRoom + start));
        _parts.Add((start, end));
        _received += payload.Length;
        return true;
    }

    /// <summary>The whole packet; its buffer is the caller's.</summary>
    public LinkFrame Finish()
    {
        var start = HeaderRoom - _headerLength;
        var length = _headerLength + _received;
        var packet = _buffer.Bytes.AsSpan(start, length);
        if (_source.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Layout.PayloadLength..], (ushort)(length - IPv6Layout.Length));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.TotalLength..], (ushort)length);
            packet.Slice(IPv4Layout.Fragment, sizeof(ushort)).Clear();
            packet.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], Checksum.Compute(packet[.._headerLength]));
        }

        return new LinkFrame(_buffer, start, length, ChecksumVerified: false, SegmentSize: 0);
    }

    public void Release() => _buffer.Release();

    /// <summary>
    /// Whole words but at the end, no longer than a packet can be, and with the whole transport header in the first, so that nothing
    /// that looks at fragments alone can be deceived (RFC 1858, RFC 8200 section 4.5).
    /// </summary>
    private static bool IsSound(in IpHeader fragment, int length) =>
        length > 0
        && (!fragment.HasMoreFragments || length % 8 == 0)
        && fragment.Length + fragment.FragmentOffset + length <= MaximumPacket
        && fragment.Length <= HeaderRoom
        && (fragment.FragmentOffset > 0 || fragment.Protocol != IpProtocol.Tcp || length >= TcpLayout.Length);

    /// <summary>The headers before the fragment's bytes; IPv6's fragment header goes, and what announced it announces what follows.</summary>
    private void TakeHeaders(ReadOnlySpan<byte> packet, in IpHeader fragment)
    {
        _headerLength = _source.IsIPv6 ? fragment.FragmentHeader : fragment.Length;
        var headers = _buffer.Bytes.AsSpan(HeaderRoom - _headerLength, _headerLength);
        packet[.._headerLength].CopyTo(headers);
        if (_source.IsIPv6) headers[fragment.FragmentAnnouncement] = packet[fragment.FragmentHeader];
    }
}
