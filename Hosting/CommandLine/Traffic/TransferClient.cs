using System.Buffers.Binary;
using System.Diagnostics;

namespace ActorStack.CommandLine.Traffic;

/// <summary>The client of a transfer service, with one thread for each direction.</summary>
/// <param name="stream">The connection, usually an ordinary kernel socket.</param>
/// <param name="endSending">Sends the FIN.</param>
/// <param name="upload">The most bytes to send.</param>
/// <param name="download">The most bytes to request.</param>
/// <param name="limit">Time after which both directions end early.</param>
/// <param name="stop">Ends both directions early.</param>
internal sealed class TransferClient(
    Stream stream, Action endSending, long upload, long download, TimeSpan limit, CancellationToken stop)
{
    private const int BufferSize = 256 * 1024;

    private readonly TestPattern _pattern = new(seed: 1);
    private readonly ResumableDigest _received = new();
    private readonly ManualResetEventSlim _downloaded = new();
    private readonly Stopwatch _clock = new();
    private long _receivedBytes;
    private long _lastProgress;
    private long _longestStall;
    private TransferTrailer _trailer;

    public TransferResult Run()
    {
        _clock.Start();
        Exception? failure = null;
        var sender = new Thread(() => Guard(Send)) { Name = "send" };
        var receiver = new Thread(() => Guard(Receive)) { Name = "receive" };
        sender.Start();
        receiver.Start();
        sender.Join();
        receiver.Join();
        var equal = failure is null
            && _trailer.Received == _pattern.Bytes && _trailer.ReceivedDigest == _pattern.Digest.Current
            && _trailer.Sent == _receivedBytes && _trailer.SentDigest == _received.Current;
        var stall = TimeSpan.FromTicks(_longestStall).TotalMilliseconds;
        return new TransferResult(_pattern.Bytes, _receivedBytes, _clock.Elapsed.TotalSeconds, equal, stall, failure?.Message);

        void Guard(Action direction)
        {
            try
            {
                direction();
            }
            catch (Exception error)
            {
                // Every exception is caught, because one that leaves a thread ends the process. The other direction then ends
                // too.
                Interlocked.CompareExchange(ref failure, error, null);
                _downloaded.Set();
                stream.Dispose();
            }
        }
    }

    private void Send()
    {
        if (download == 0) _downloaded.Set();
        var request = new byte[TransferHandler.RequestSize];
        BinaryPrimitives.WriteInt64LittleEndian(request, download);
        stream.Write(request);
        while (_pattern.Bytes < upload && _clock.Elapsed < limit && !stop.IsCancellationRequested)
        {
            stream.Write(_pattern.Next(upload - _pattern.Bytes).Span);
            NoteProgress();
        }

        if (limit > _clock.Elapsed) WaitHandle.WaitAny([_downloaded.WaitHandle, stop.WaitHandle], limit - _clock.Elapsed);
        endSending();
    }

    private void Receive()
    {
        // Only the end of the stream tells the trailer from the data, so that as many bytes are always held back.
        var buffer = new byte[BufferSize + TransferTrailer.Size];
        var held = 0;
        while (stream.Read(buffer.AsSpan(held, BufferSize)) is var count and > 0)
        {
            NoteProgress();
            var data = Math.Max(0, held + count - TransferTrailer.Size);
            _received.Append(buffer.AsSpan(0, data));
            _receivedBytes += data;
            held = held + count - data;
            buffer.AsSpan(data, held).CopyTo(buffer);
            if (_receivedBytes + held >= download) _downloaded.Set();
        }

        if (held < TransferTrailer.Size) throw new InvalidDataException("the service closed before its trailer");
        _trailer = TransferTrailer.Read(buffer);
    }

    private void NoteProgress()
    {
        var now = _clock.Elapsed.Ticks;
        var stall = now - Interlocked.Exchange(ref _lastProgress, now);
        var longest = Volatile.Read(ref _longestStall);
        while (stall > longest)
        {
            var seen = Interlocked.CompareExchange(ref _longestStall, stall, longest);
            if (seen == longest) return;
            longest = seen;
        }
    }
}
