using System.Buffers.Binary;

namespace ActorStack.CommandLine.Traffic;

/// <summary>The state with which a transfer leaves its connection.</summary>
/// <param name="Most">The most bytes that the peer wants.</param>
/// <param name="ReceivedBytes">The payload received, in bytes.</param>
/// <param name="Received">The digest of the payload received.</param>
/// <param name="SentBytes">The payload written, in bytes.</param>
/// <param name="Sent">The digest of the payload written.</param>
internal sealed record TransferState(
    long Most, long ReceivedBytes, ResumableDigest Received, long SentBytes, ResumableDigest Sent)
{
    private const byte Version = 1;
    private const int HeaderSize = 27;

    /// <summary>Tells why the bytes cannot be read; null: they can.</summary>
    public static string? WhyUnreadable(ReadOnlySpan<byte> state)
    {
        if (state[0] != Version) return $"the state is of version {state[0]}, and this build reads version {Version}";
        try
        {
            Read(state);
            return null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return $"the state of {state.Length} bytes is damaged";
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The state is damaged.</exception>
    public static TransferState Read(ReadOnlySpan<byte> state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, HeaderSize);
        var received = BinaryPrimitives.ReadUInt16LittleEndian(state[25..]);
        var digests = state[HeaderSize..];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(received, digests.Length);
        return new TransferState(
            Counter(state[1..]), Counter(state[9..]), new ResumableDigest(digests[..received]), Counter(state[17..]),
            new ResumableDigest(digests[received..]));

        static long Counter(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes) is >= 0 and var count
            ? count
            : throw new ArgumentOutOfRangeException(nameof(state), "a counter is negative");
    }

    /// <summary>The version, the three counters, the size of the first digest, and the digests.</summary>
    public byte[] Write()
    {
        var (received, sent) = (Received.State, Sent.State);
        var state = new byte[HeaderSize];
        state[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(1), Most);
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(9), ReceivedBytes);
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(17), SentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(state.AsSpan(25), (ushort)received.Length);
        return [.. state, .. received, .. sent];
    }
}
