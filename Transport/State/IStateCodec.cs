namespace ActorStack.Transport.State;

/// <summary>Turns the record into bytes and back.</summary>
public interface IStateCodec
{
    /// <summary>Serializes the record without payload, which travels beside it (<see cref="PayloadCutter"/>).</summary>
    byte[] Encode(TcpConnectionState state);

    /// <summary>Reads a record. Bytes that are no such record throw <see cref="FormatException"/>.</summary>
    DecodedRecord Decode(ReadOnlyMemory<byte> bytes);
}
