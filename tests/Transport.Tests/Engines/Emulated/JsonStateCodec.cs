using System.Text.Json;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>Stands in for the codec of the layer above.</summary>
internal sealed class JsonStateCodec : IStateCodec
{
    public byte[] Encode(TcpConnectionState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    public DecodedRecord Decode(ReadOnlyMemory<byte> bytes) => new(
        JsonSerializer.Deserialize<TcpConnectionState>(bytes.Span) ?? throw new FormatException("null"), Payload: null,
        FidelityLedger.Exact);
}
