using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorStack.Tests.Common;

/// <summary>Payload as JSON: in Base64, as an array of bytes is.</summary>
public sealed class SequenceConverter : JsonConverter<ReadOnlySequence<byte>>
{
    /// <summary>Options with this converter.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Converters = { new SequenceConverter() } };

    /// <inheritdoc/>
    public override ReadOnlySequence<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetBytesFromBase64());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ReadOnlySequence<byte> value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.ToArray());
}
