namespace ActorStack.Transport.State;

/// <summary>Turns the record into bytes and back. Reading bytes that are not such a record throws <see cref="FormatException"/>.</summary>
public interface IStateCodec
{
    byte[] Encode(TcpConnectionState state);

    TcpConnectionState Decode(ReadOnlyMemory<byte> bytes);
}
