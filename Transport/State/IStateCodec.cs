namespace ActorStack.Transport.State;

/// <summary>Turns the record into bytes and back. Reading bytes that are not such a record throws <see cref="FormatException"/>.</summary>
public interface IStateCodec
{
    /// <summary>The record without payload, which travels beside it (<see cref="PayloadCutter"/>).</summary>
    byte[] Encode(TcpConnectionState state);

    /// <summary>The record, and what could not be kept of it.</summary>
    DecodedRecord Decode(ReadOnlyMemory<byte> bytes);
}
