using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Initial sequence numbers and timestamp offsets that nobody off the path can guess, and that grow for one flow with time
/// (RFC 6528 section 3, RFC 7323 section 5.4).
/// </summary>
public sealed class InitialSequence
{
    private const int SecretLength = 16;
    private const int FlowLength = 2 * (16 + sizeof(ushort));

    private readonly byte[] _secret = new byte[SecretLength];

    /// <summary>The time of the clock below when the time of the host is zero.</summary>
    private readonly TimeSpan _origin;

    /// <summary>Draws the secret.</summary>
    /// <param name="seed">Repeatable numbers for tests; null: unguessable ones.</param>
    public InitialSequence(int? seed)
    {
        if (seed is { } value) new Random(value).NextBytes(_secret);
        else RandomNumberGenerator.Fill(_secret);
    }

    /// <summary>Takes a secret that other hosts have too.</summary>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public InitialSequence(SharedSecret shared)
    {
        if (shared.Bytes.Length < SharedSecret.LeastLength)
            throw new ArgumentException($"A secret has {SharedSecret.LeastLength} bytes at least.", nameof(shared));
        SHA256.HashData(shared.Bytes.Span).AsSpan(0, SecretLength).CopyTo(_secret);
        _origin = shared.Origin - DateTimeOffset.UnixEpoch;
        IsShared = shared.HasSeveralHosts;
    }

    /// <summary>Other hosts have the secret too.</summary>
    public bool IsShared { get; }

    /// <summary>
    /// The clock that all hosts with the secret have in common; with a secret of its own, the time of the host.
    /// </summary>
    public TimeSpan Clock(TimeSpan now) => _origin + now;

    /// <summary>The initial sequence number of a flow (RFC 6528): ISN = M + F(flow, secret), where M ticks every 4 µs.</summary>
    public SequenceNumber Next(in FlowKey flow, TimeSpan now) =>
        new(unchecked((uint)Hash(flow, 0) + (uint)(Clock(now).Ticks / (4 * TimeSpan.TicksPerMicrosecond))));

    /// <summary>
    /// The value at which the timestamp clock of a flow starts: below 2^31 ms with a secret of the host's own, otherwise below
    /// 2^32 ms and by the common clock, so that the timestamps of a flow grow from one host to the next.
    /// </summary>
    public TimeSpan TimestampOffset(in FlowKey flow) =>
        TimeSpan.FromMilliseconds(unchecked((uint)(Hash(flow, 0) >> 33) + (uint)(_origin.Ticks / TimeSpan.TicksPerMillisecond)));

    /// <summary>F(flow, secret) of RFC 6528, over <paramref name="salt"/> as well.</summary>
    public ulong Hash(in FlowKey flow, ulong salt)
    {
        Span<byte> input = stackalloc byte[SecretLength + FlowLength + sizeof(ulong)];
        input.Clear();
        _secret.CopyTo(input);
        var next = Append(input[SecretLength..], flow.Local);
        next = Append(next, flow.Remote);
        BinaryPrimitives.WriteUInt64LittleEndian(next, salt);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static Span<byte> Append(Span<byte> destination, in TcpEndpoint endpoint)
    {
        endpoint.Address.Write(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], endpoint.Port);
        return destination[(16 + sizeof(ushort))..];
    }
}
