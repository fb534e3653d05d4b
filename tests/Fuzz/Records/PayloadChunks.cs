using System.Buffers;
using ActorStack.Transport.State;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Records;

/// <summary>
/// The chunks of a real connection's payload in any order, twice, damaged, and among others that are made up. All that are right
/// give the payload; no others make the assembly fail otherwise than by a format error, or hold more than it may.
/// </summary>
internal static class PayloadChunks
{
    private const string ConnectionId = "7-1";
    private const long Epoch = 3;
    private const int Limit = 48 << 20;

    public static void Run(ConnectionImage image, FuzzInput input)
    {
        var size = 16 + input.Size();
        var chunks = new PayloadCutter(ConnectionId, Epoch, size).Cut(image).ToArray();
        var assembly = new PayloadAssembly(ConnectionId, Epoch, Limit);
        var isPure = true;
        while (!input.IsEmpty)
        {
            var chunk = chunks[input.Byte() % chunks.Length].ToArray();
            switch (input.Byte() % 5)
            {
                case 0:
                    chunk[input.UInt32() % chunk.Length] ^= (byte)(1 + input.Byte() % 255);
                    Require(!TryAdd(assembly, chunk), "a damaged chunk was taken");
                    break;
                case 1:
                    Require(!TryAdd(assembly, chunk.AsMemory(0, (int)(input.UInt32() % chunk.Length))),
                        "a truncated chunk was taken");
                    break;
                case 2:
                    var range = PayloadChunk.Decode(chunk).Range;
                    isPure &= !TryAdd(assembly,
                        new PayloadChunk(ConnectionId, Epoch, range with { Start = range.Start + input.UInt32() }).Encode());
                    break;
                case 3:
                    Require(
                        !TryAdd(assembly, new PayloadChunk(ConnectionId, Epoch + 1, PayloadChunk.Decode(chunk).Range).Encode()),
                        "a chunk of another move was taken");
                    break;
                default:
                    TryAdd(assembly, chunk);
                    break;
            }
        }

        foreach (var chunk in chunks) TryAdd(assembly, chunk);
        Complete(assembly, image, isPure);
    }

    private static void Complete(PayloadAssembly assembly, ConnectionImage image, bool isPure)
    {
        try
        {
            var payload = assembly.Complete(image.State);
            Require(payload.Matches(image.State.Queues), "the payload has other lengths than the record names");
            if (!isPure) return;
            Require(payload.Send.ToArray().AsSpan().SequenceEqual(image.Payload.Send.ToArray()), "the send queue's bytes differ");
            for (var run = 0; run < payload.OutOfOrder.Count; run++)
                Require(payload.OutOfOrder[run].Span.SequenceEqual(image.Payload.OutOfOrder[run].Span),
                    $"the bytes of out-of-order run {run} differ");
        }
        catch (FormatException error)
        {
            Require(!isPure, $"all chunks came, and {error.Message}");
        }
    }

    private static bool TryAdd(PayloadAssembly assembly, ReadOnlyMemory<byte> chunk)
    {
        try
        {
            assembly.Add(chunk);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
