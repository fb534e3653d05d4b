using System.Text.Json;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>Stands in for the codec of the layer above.</summary>
internal sealed class JsonStateCodec : IStateCodec
{
    public byte[] Encode(TcpConnectionState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    public TcpConnectionState Decode(ReadOnlyMemory<byte> bytes) =>
        JsonSerializer.Deserialize<TcpConnectionState>(bytes.Span) ?? throw new FormatException("null");
}
