using System.Buffers.Binary;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>
/// Writes the fields of a message one after another, in little-endian order. Without a destination it only counts the bytes, so
/// that the destination can be made in its exact size.
/// </summary>
internal ref struct MessageWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>The bytes that were written, or would have been written.</summary>
    public int Length { get; private set; }

    private readonly bool IsCounting => _destination.IsEmpty;

    public void Byte(byte value)
    {
        if (!IsCounting) _destination[Length] = value;
        Length++;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value)
    {
        if (!IsCounting) BinaryPrimitives.WriteInt32LittleEndian(_destination[Length..], value);
        Length += sizeof(int);
    }

    public void Int64(long value)
    {
        if (!IsCounting) BinaryPrimitives.WriteInt64LittleEndian(_destination[Length..], value);
        Length += sizeof(long);
    }

    /// <exception cref="ArgumentException">The text is longer than <see cref="MessageReader.LongestText"/> bytes.</exception>
    public void Text(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        if (count > MessageReader.LongestText)
        {
            throw new ArgumentException(
                $"A text of {count} bytes is longer than the {MessageReader.LongestText} bytes of a message's field.",
                nameof(value));
        }

        Int32(count);
        if (!IsCounting) Encoding.UTF8.GetBytes(value, _destination[Length..]);
        Length += count;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        if (!IsCounting) value.CopyTo(_destination[Length..]);
        Length = checked(Length + value.Length);
    }

    public void Flow(in FlowKey flow)
    {
        Flag(flow.Local.Address.IsIPv6);
        Endpoint(flow.Local);
        Endpoint(flow.Remote);
    }

    private void Endpoint(in TcpEndpoint endpoint)
    {
        if (!IsCounting) endpoint.Address.Write(_destination[Length..]);
        Length += endpoint.Address.Length;
        if (!IsCounting) BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], endpoint.Port);
        Length += sizeof(ushort);
    }
}
