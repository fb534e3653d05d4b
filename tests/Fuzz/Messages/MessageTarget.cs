using System.Buffers.Binary;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Messages;

/// <summary>
/// A message between nodes: the first byte chooses the manifest, the second whether the checksum is put right, so that every
/// check behind it has to hold by itself. The message is refused with <see cref="FormatException"/>, or it is one that is written
/// and read again as the same; either way it allocates no more than a small multiple of its length.
/// </summary>
internal static class MessageTarget
{
    /// <summary>The manifests in the order that inputs know; new ones are added at the end.</summary>
    private static readonly string[] Manifests =
    [
        "handoff-prepare/1", "handoff-prepared/1", "handoff-refused/1", "handoff-abandon/1", "handoff-chunk/1", "handoff-mark/1",
        "handoff-marked/1", "handoff-transfer/1", "handoff-taken-over/1", "handoff-released/1", "handoff-gone/1",
        "flow-announce/1", "flow-withdraw/1", "flow-find/1", "flow-found/1", "node-unknown/1", "node-hello/1",
        "node-ping/1", "node-pong/1", "node-part/1", "node-ask-secret/1", "node-secret/1", "handoff-later/9",
        "handoff-hold/1",
    ];

    private const int ChecksumLength = sizeof(uint);
    private const int LeastAllocation = 64 << 10;
    private const int AllocatedOfByte = 100;

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        var manifest = Manifests[input.Byte() % Manifests.Length];
        var isRepaired = input.Byte() % 8 != 0;
        var message = input.Rest().ToArray();
        if (isRepaired) message = [.. message, .. Checksum(message)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        NodeMessage read;
        try
        {
            read = NodeMessageCodec.Read(manifest, message);
        }
        catch (FormatException)
        {
            RequireModest(before, message.Length);
            return;
        }

        RequireModest(before, message.Length);
        Require(NodeMessageCodec.Manifest(read) == manifest, $"{manifest} was read as {NodeMessageCodec.Manifest(read)}");
        var written = NodeMessageCodec.Write(read);
        var again = NodeMessageCodec.Write(NodeMessageCodec.Read(manifest, written));
        Require(written.AsSpan().SequenceEqual(again), $"{read} is written in two ways");
    }

    private static void RequireModest(long before, int length)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Require(
            allocated <= LeastAllocation + ((long)AllocatedOfByte * length), $"{length} bytes took {allocated} bytes of memory");
    }

    private static byte[] Checksum(ReadOnlySpan<byte> fields)
    {
        var crc = new Crc32C();
        crc.Append(fields);
        var bytes = new byte[ChecksumLength];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, crc.Value);
        return bytes;
    }
}
