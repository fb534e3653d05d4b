using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorStack.Tests.Common;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>
/// Records as each released version wrote them, and as JSON the connection that they must decode to:
/// <c>Golden/VERSION-NAME.bin</c> and
/// <c>.json</c>; from version 2 on the payload beside them in chunks, <c>.chunks</c>. They are read for ever, so a file is never
/// written anew. The missing ones of this version are written by
/// <c>ACTORSTACK_GOLDEN=write dotnet test tests/Actors.Tests --filter FullyQualifiedName~GoldenRecord</c>.
/// </summary>
internal static class GoldenRecords
{
    /// <summary>Small, so that a queue makes several chunks.</summary>
    private const int ChunkSize = 3_000;

    public static bool IsWriting { get; } = Environment.GetEnvironmentVariable("ACTORSTACK_GOLDEN") == "write";

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Root(), "*.bin").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    public static byte[] Record(string name) => File.ReadAllBytes(Path.Combine(Root(), $"{name}.bin"));

    public static JsonElement Expected(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), $"{name}.json"))).RootElement;

    /// <summary>The chunks beside a record, in the order they were cut; none where there was no payload.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Chunks(string name)
    {
        var path = Path.Combine(Root(), $"{name}.chunks");
        if (!File.Exists(path)) return [];
        var chunks = new List<ReadOnlyMemory<byte>>();
        for (ReadOnlyMemory<byte> rest = File.ReadAllBytes(path); !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            chunks.Add(rest.Slice(sizeof(int), length));
            rest = rest[(sizeof(int) + length)..];
        }

        return chunks;
    }

    public static void WriteMissing()
    {
        foreach (var (name, image) in GoldenConnections.Capture()) WriteMissing($"{HyperionStateCodec.Version}-{name}", image);
        WriteMissing(
            $"{HyperionStateCodec.Version}-distinct", new ConnectionImage(DistinctState.Create(), ConnectionPayload.None));
    }

    private static void WriteMissing(string name, ConnectionImage image)
    {
        var record = Path.Combine(Root(), $"{name}.bin");
        if (File.Exists(record)) return;
        File.WriteAllBytes(record, HyperionStateCodec.Instance.Encode(image.State));
        File.WriteAllText(Path.Combine(Root(), $"{name}.json"), JsonSerializer.Serialize(image, SequenceConverter.Options));
        if (!image.Payload.Ranges(image.State).Any()) return;
        using var chunks = File.Create(Path.Combine(Root(), $"{name}.chunks"));
        var length = new byte[sizeof(int)];
        foreach (var chunk in new PayloadCutter(image.State.Identity.ConnectionId, image.State.Identity.Epoch, ChunkSize)
            .Cut(image))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, chunk.Length);
            chunks.Write(length);
            chunks.Write(chunk);
        }
    }

    private static string Root([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Golden");
}
