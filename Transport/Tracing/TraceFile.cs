using System.Threading.Channels;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tracing;

/// <summary>
/// The trace of one connection in a file, over all its moves. The connection's thread only puts values into a bounded channel; a
/// task writes them. Where the disk does not keep up entries are dropped and counted, and the file says how many.
/// </summary>
public sealed class TraceFile : ITcpTrace, IDisposable
{
    private const int EntriesWaiting = 16 * 1024;

    private readonly Channel<TraceEntry> _entries = Channel.CreateBounded<TraceEntry>(
        new BoundedChannelOptions(EntriesWaiting)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = BoundedChannelFullMode.Wait,
        });

    private long _dropped;

    /// <summary>Makes the file, or replaces it, on the thread pool.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="maximumBytes">Bytes of the file at most; entries beyond are dropped and counted.</param>
    /// <param name="header">The first line's members: who the connection is.</param>
    /// <param name="failed">Told, on the thread pool, where the file cannot be written.</param>
    public TraceFile(string path, long maximumBytes, TraceHeader header, Action<Exception> failed)
    {
        Path = path;
        Written = Task.Run(async () =>
        {
            try
            {
                await WriteAsync(maximumBytes, header).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                _entries.Writer.TryComplete();
                failed(error);
            }
        });
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>Entries that were dropped, because the channel or the file was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Completes when the file is closed, some time after <see cref="Dispose"/>.</summary>
    public Task Written { get; }

    /// <inheritdoc/>
    public void OnReceived(in TcpSegment segment, in TcpTraceMetrics metrics, TimeSpan now) => Add(new TraceEntry
    {
        Kind = TraceEntryKind.Received,
        At = now,
        Metrics = metrics,
        Sequence = segment.Sequence,
        Acknowledgment = segment.Acknowledgment,
        Flags = segment.Flags,
        Length = segment.Payload.Length,
        Window = segment.Window,
        SackCount = segment.Options.SackCount,
        Sack = segment.Options.Sack,
    });

    /// <inheritdoc/>
    public void OnSent(in OutboundSegment segment, in TcpTraceMetrics metrics, TimeSpan now) => Add(new TraceEntry
    {
        Kind = TraceEntryKind.Sent,
        At = now,
        Metrics = metrics,
        Sequence = segment.Sequence,
        Acknowledgment = segment.Acknowledgment,
        Flags = segment.Flags,
        Length = (int)segment.Payload.Length,
        Window = segment.Window,
        SackCount = segment.Options.SackCount,
        Sack = segment.Options.Sack,
    });

    /// <inheritdoc/>
    public void OnTimer(string timer, in TcpTraceMetrics metrics, TimeSpan now) =>
        Add(new TraceEntry { Kind = TraceEntryKind.Timer, At = now, Metrics = metrics, Name = timer });

    /// <inheritdoc/>
    public void OnUpdated(in TcpTraceMetrics metrics, TimeSpan now) =>
        Add(new TraceEntry { Kind = TraceEntryKind.Updated, At = now, Metrics = metrics });

    /// <summary>The connection moved, or stayed where it was: <paramref name="detail"/> says how that ended.</summary>
    public void OnMoved(string from, string to, string detail, TimeSpan now) =>
        Add(new TraceEntry { Kind = TraceEntryKind.Moved, At = now, From = from, Name = to, Detail = detail });

    /// <summary>Ends the trace; entries that wait are still written.</summary>
    public void Dispose() => _entries.Writer.TryComplete();

    private void Add(in TraceEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry)) Interlocked.Increment(ref _dropped);
    }

    private async Task WriteAsync(long maximumBytes, TraceHeader header)
    {
        await using var stream = new FileStream(
            Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024, useAsync: true);
        using var writer = new TraceWriter(stream, header);
        await foreach (var entry in _entries.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (writer.BytesWritten < maximumBytes) writer.Write(entry);
            else Interlocked.Increment(ref _dropped);
            if (!_entries.Reader.TryPeek(out _)) await writer.FlushAsync().ConfigureAwait(false);
        }

        writer.WriteEnd(Dropped);
        await writer.FlushAsync().ConfigureAwait(false);
    }
}
