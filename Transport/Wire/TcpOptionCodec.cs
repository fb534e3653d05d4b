using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>The options of a TCP header as bytes (RFC 9293 section 3.2, RFC 7323, RFC 2018).</summary>
public static class TcpOptionCodec
{
    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSize = 2;
    private const byte WindowScale = 3;
    private const byte SackPermitted = 4;
    private const byte Sack = 5;
    private const byte Timestamps = 8;
    private const byte FastOpen = 34;

    private const int MaximumSegmentSizeLength = 4;
    private const int WindowScaleLength = 3;
    private const int SackPermittedLength = 2;
    private const int SackHeaderLength = 2;
    private const int SackBlockLength = 8;
    private const int TimestampsLength = 10;

    /// <summary>Bytes that <paramref name="options"/> take in a header, padding counted: 0 to 40, a multiple of 4.</summary>
    public static int Length(in TcpOptions options)
    {
        var fixedLength = FixedLength(options);
        var blocks = WritableBlocks(options, fixedLength);
        return fixedLength + (blocks > 0 ? SackHeaderLength + 2 + blocks * SackBlockLength : 0);
    }

    /// <summary>
    /// Writes the options in the order and with the padding of Linux; SACK blocks that find no room are left out.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, in TcpOptions options)
    {
        var at = 0;
        if (options.MaximumSegmentSize != 0)
            WriteWord(destination, ref at, Word(MaximumSegmentSize, MaximumSegmentSizeLength) << 16 | options.MaximumSegmentSize);

        if (options.HasTimestamps)
        {
            var lead = options.SackPermitted ? Word(SackPermitted, SackPermittedLength) : Word(NoOperation, NoOperation);
            WriteWord(destination, ref at, lead << 16 | Word(Timestamps, TimestampsLength));
            WriteWord(destination, ref at, options.TimestampValue);
            WriteWord(destination, ref at, options.TimestampEcho);
        }
        else if (options.SackPermitted)
        {
            WriteWord(destination, ref at, Word(NoOperation, NoOperation) << 16 | Word(SackPermitted, SackPermittedLength));
        }

        if (options.HasWindowScale)
            WriteWord(destination, ref at, Word(NoOperation, WindowScale) << 16 | Word(WindowScaleLength, options.WindowScale));

        if (options.HasFastOpen) WriteFastOpen(destination, ref at, options.FastOpen);
        WriteSack(destination, ref at, options);
        return at;
    }

    /// <summary>
    /// Reads the options of a header. False where a length is illegal (RFC 9293, MUST-7). An unknown option is skipped, and so is
    /// one that has not the length its kind must have, as Linux does.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpOptions options)
    {
        options = default;
        while (!bytes.IsEmpty && bytes[0] != EndOfList)
        {
            if (bytes[0] == NoOperation)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length) return false;
            ReadOption(bytes[0], bytes[2..bytes[1]], ref options);
            bytes = bytes[bytes[1]..];
        }

        return true;
    }

    private static void ReadOption(byte kind, ReadOnlySpan<byte> value, ref TcpOptions options)
    {
        switch (kind, value.Length + 2)
        {
            case (MaximumSegmentSize, MaximumSegmentSizeLength):
                options.MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case (WindowScale, WindowScaleLength):
                options.HasWindowScale = true;
                options.WindowScale = value[0];
                break;
            case (SackPermitted, SackPermittedLength):
                options.SackPermitted = true;
                break;
            case (Timestamps, TimestampsLength):
                options.HasTimestamps = true;
                options.TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
                options.TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                break;
            case (FastOpen, _) when FastOpenCookie.IsLength(value.Length):
                options.HasFastOpen = true;
                options.FastOpen = new FastOpenCookie(value);
                break;
            case (Sack, _):
                ReadSack(value, ref options);
                break;
        }
    }

    private static void ReadSack(ReadOnlySpan<byte> value, ref TcpOptions options)
    {
        if (value.Length % SackBlockLength != 0) return;
        options.SackCount = (byte)Math.Min(value.Length / SackBlockLength, SackBlocks.Capacity);
        for (var i = 0; i < options.SackCount; i++)
        {
            var block = value[(i * SackBlockLength)..];
            options.Sack[i] = new SackBlock(
                new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(block)),
                new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(block[4..])));
        }
    }

    private static void WriteSack(Span<byte> destination, ref int at, in TcpOptions options)
    {
        var blocks = WritableBlocks(options, at);
        if (blocks == 0) return;
        WriteWord(
            destination, ref at, Word(NoOperation, NoOperation) << 16 | Word(Sack, SackHeaderLength + blocks * SackBlockLength));
        for (var i = 0; i < blocks; i++)
        {
            WriteWord(destination, ref at, options.Sack[i].Left.Value);
            WriteWord(destination, ref at, options.Sack[i].Right.Value);
        }
    }

    private static int FixedLength(in TcpOptions options) =>
        (options.MaximumSegmentSize != 0 ? 4 : 0)
        + (options.HasTimestamps ? 12 : options.SackPermitted ? 4 : 0)
        + (options.HasWindowScale ? 4 : 0)
        + (options.HasFastOpen ? FastOpenLength(options.FastOpen) : 0);

    private static int FastOpenLength(in FastOpenCookie cookie) => (2 + cookie.Length + 3) & ~3;

    private static void WriteFastOpen(Span<byte> destination, ref int at, in FastOpenCookie cookie)
    {
        var option = destination.Slice(at, FastOpenLength(cookie));
        option.Fill(NoOperation);
        option[0] = FastOpen;
        option[1] = (byte)(2 + cookie.Length);
        cookie.Write(option[2..]);
        at += option.Length;
    }

    private static int WritableBlocks(in TcpOptions options, int used)
    {
        var room = (TcpLayout.MaximumOptions - used - SackHeaderLength - 2) / SackBlockLength;
        return Math.Min(Math.Min((int)options.SackCount, SackBlocks.Capacity), room);
    }

    private static uint Word(int high, int low) => (uint)(high << 8 | low);

    private static void WriteWord(Span<byte> destination, ref int at, uint word)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[at..], word);
        at += sizeof(uint);
    }
}
