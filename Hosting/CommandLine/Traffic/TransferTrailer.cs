using System.Buffers.Binary;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// The last bytes that a transfer service sends: the counts and digests of the payload that it received and sent.
/// </summary>
internal readonly record struct TransferTrailer(long Received, UInt128 ReceivedDigest, long Sent, UInt128 SentDigest)
{
    public const int Size = 48;

    public static TransferTrailer Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), BinaryPrimitives.ReadUInt128LittleEndian(bytes[32..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Received);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], ReceivedDigest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Sent);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[32..], SentDigest);
    }
}
