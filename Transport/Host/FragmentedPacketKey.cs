using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Which packet a fragment is of (RFC 791 section 3.2, RFC 8200 section 4.5: there the protocol does not count). The hash is
/// seeded, so that nobody can choose packets that share a bucket.
/// </summary>
internal readonly struct FragmentedPacketKey(in IpHeader header) : IEquatable<FragmentedPacketKey>
{
    private readonly IpAddress _source = header.Source;
    private readonly IpAddress _destination = header.Destination;
    private readonly uint _identification = header.FragmentIdentification;
    private readonly byte _protocol = header.Source.IsIPv6 ? (byte)0 : header.Protocol;

    public IpAddress Source => _source;

    public bool Equals(FragmentedPacketKey other) =>
        _identification == other._identification && _protocol == other._protocol
        && _source == other._source && _destination == other._destination;

    public override bool Equals(object? obj) => obj is FragmentedPacketKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_source, _destination, _identification, _protocol);
}
