using System.Buffers;
using System.Buffers.Binary;

namespace ActorStack.Transport.Links;

/// <summary>
/// Writes packets as a capture file: pcap with nanosecond timestamps and link type RAW, which tcpdump and Wireshark read. A
/// capture must not harm what it looks at: when the file is full or cannot be written the capture ends, and the packets after
/// that are only counted.
/// </summary>
public sealed class PcapWriter : IDisposable
{
    private const uint NanosecondMagic = 0xA1B2_3C4D;
    private const uint LinkTypeRaw = 101;
    private const int SnapLength = 262_144;
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;

    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly long _maximumBytes;
    private long _bytesWritten;
    private bool _isFinished;

    /// <param name="stream">Where to write; closed with this.</param>
    /// <param name="maximumBytes">Size that the file does not exceed, at least 24; it ends after the last packet that fits
    /// whole.</param>
    public PcapWriter(Stream stream, long maximumBytes = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, FileHeaderLength);
        _stream = stream;
        _maximumBytes = maximumBytes;

        Span<byte> header = stackalloc byte[FileHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkTypeRaw);
        _stream.Write(header);
        _bytesWritten = FileHeaderLength;
    }

    /// <summary>Packets that are in the file.</summary>
    public long PacketsWritten { get; private set; }

    /// <summary>Packets that came after the capture ended.</summary>
    public long PacketsSkipped { get; private set; }

    /// <summary>The failure to write that ended the capture; null: there was none.</summary>
    public IOException? Error { get; private set; }

    /// <summary>Appends an IP packet that is given in two parts. Safe for any thread.</summary>
    public void Write(DateTimeOffset time, ReadOnlySpan<byte> headers, in ReadOnlySequence<byte> payload)
    {
        lock (_lock)
        {
            var length = headers.Length + payload.Length;
            _isFinished |= _bytesWritten + RecordHeaderLength + length > _maximumBytes;
            if (_isFinished)
            {
                PacketsSkipped++;
                return;
            }

            try
            {
                WriteRecord(time, headers, payload, (uint)length);
                _bytesWritten += RecordHeaderLength + length;
                PacketsWritten++;
            }
            catch (IOException error)
            {
                Fail(error);
                PacketsSkipped++;
            }
        }
    }

    /// <summary>Writes all that is buffered and closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isFinished = true;
            try
            {
                _stream.Dispose();
            }
            catch (IOException error)
            {
                Fail(error);
            }
        }
    }

    private void WriteRecord(DateTimeOffset time, ReadOnlySpan<byte> headers, in ReadOnlySequence<byte> payload, uint length)
    {
        var sinceEpoch = time - DateTimeOffset.UnixEpoch;
        var (seconds, rest) = Math.DivRem(sinceEpoch.Ticks, TimeSpan.TicksPerSecond);
        Span<byte> record = stackalloc byte[RecordHeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(rest * TimeSpan.NanosecondsPerTick));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], length);
        _stream.Write(record);
        _stream.Write(headers);
        foreach (var memory in payload) _stream.Write(memory.Span);
    }

    private void Fail(IOException error)
    {
        Error ??= error;
        _isFinished = true;
    }
}
