using System.Buffers;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>
/// How far the first message reaches in what has arrived, by the headers of its frames (RFC 6455 section 5.2). A control frame
/// between messages counts as one. Whether the frames are valid is for the WebSocket to say.
/// </summary>
/// <param name="Length">The bytes from the first frame to the end of the last one whose header is there.</param>
/// <param name="IsWhole">These bytes are there and end the message.</param>
internal readonly record struct MessageExtent(long Length, bool IsWhole)
{
    private const byte Fin = 0x80;
    private const byte Opcode = 0x0F;
    private const byte FirstControlOpcode = 0x8;
    private const byte Mask = 0x80;
    private const int MaskLength = 4;
    private const int TwoByteLength = 126;
    private const int EightByteLength = 127;

    public static MessageExtent Of(in ReadOnlySequence<byte> received)
    {
        var reader = new SequenceReader<byte>(received);
        var isFragmented = false;
        while (TryReadHeader(ref reader, out var first, out var rest))
        {
            var isControl = (first & Opcode) >= FirstControlOpcode;
            if (rest > reader.Remaining) return new MessageExtent(Add(reader.Consumed, rest), IsWhole: false);
            reader.Advance(rest);
            if (isControl ? !isFragmented : (first & Fin) != 0) return new MessageExtent(reader.Consumed, IsWhole: true);
            isFragmented |= !isControl;
        }

        return new MessageExtent(reader.Consumed, IsWhole: false);
    }

    /// <param name="reader">At the beginning of a frame.</param>
    /// <param name="first">FIN and opcode.</param>
    /// <param name="rest">The length of mask and payload.</param>
    private static bool TryReadHeader(ref SequenceReader<byte> reader, out byte first, out long rest)
    {
        rest = 0;
        if (!reader.TryRead(out first) || !reader.TryRead(out var second)) return false;
        rest = second & ~Mask;
        if (rest == TwoByteLength)
        {
            if (!reader.TryReadBigEndian(out short length)) return false;
            rest = (ushort)length;
        }
        else if (rest == EightByteLength)
        {
            if (!reader.TryReadBigEndian(out rest)) return false;
            if (rest < 0) rest = long.MaxValue;
        }

        if ((second & Mask) != 0) rest = Add(rest, MaskLength);
        return true;
    }

    private static long Add(long length, long more) => length > long.MaxValue - more ? long.MaxValue : length + more;
}
