using System.Buffers;
using System.Text.Json;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tracing;

/// <summary>
/// Writes events as lines of JSON, named after qlog (draft-ietf-quic-qlog-main-schema) where it has a name. Times are
/// milliseconds since the header's; sequence numbers are offsets in the stream, 0 its first byte.
/// </summary>
internal sealed class TraceWriter : IDisposable
{
    private static readonly string[] RecoveryNames = ["open", "disorder", "cwr", "recovery", "loss"];

    private readonly Stream _stream;
    private readonly TimeSpan _origin;
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly Utf8JsonWriter _json;
    private TcpTraceMetrics _last;
    private long _highestSent;
    private long _flushed;

    public TraceWriter(Stream stream, TraceHeader header)
    {
        _stream = stream;
        _origin = header.Origin;
        _json = new Utf8JsonWriter(_buffer);
        _json.WriteStartObject();
        _json.WriteString("qlog_format", "NDJSON");
        _json.WriteString("title", header.ConnectionId);
        _json.WriteString("local", header.Local);
        _json.WriteString("remote", header.Remote);
        _json.WriteString("reference_time", header.Start);
        _json.WriteString("time_unit", "ms");
        _json.WriteEndObject();
        EndLine();
    }

    public long BytesWritten => _flushed + _buffer.WrittenCount;

    public void Write(in TraceEntry entry)
    {
        switch (entry.Kind)
        {
            case TraceEntryKind.Received:
                WritePacket("transport:packet_received", entry, entry.Metrics.Received, entry.Metrics.ReceiveBase,
                    entry.Metrics.Acknowledged, entry.Metrics.SendBase, resent: false);
                return;
            case TraceEntryKind.Sent:
                WriteSent(entry);
                break;
            case TraceEntryKind.Timer:
                Begin("recovery:timer_expired", entry.At);
                _json.WriteString("timer", entry.Name);
                End();
                break;
            case TraceEntryKind.Moved:
                Begin("actorstack:migration", entry.At);
                _json.WriteString("from", entry.From);
                _json.WriteString("to", entry.Name);
                _json.WriteString("outcome", entry.Detail);
                End();
                return;
        }

        WriteChanges(entry.Metrics, entry.At);
    }

    public void WriteEnd(long dropped)
    {
        _json.WriteStartObject();
        _json.WriteString("name", "actorstack:trace_ended");
        _json.WriteStartObject("data");
        _json.WriteNumber("dropped_events", dropped);
        End();
    }

    public async Task FlushAsync()
    {
        await _stream.WriteAsync(_buffer.WrittenMemory).ConfigureAwait(false);
        await _stream.FlushAsync().ConfigureAwait(false);
        _flushed += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();

    private void WriteSent(in TraceEntry entry)
    {
        ref readonly var metrics = ref entry.Metrics;
        var start = metrics.Acknowledged + (entry.Sequence - metrics.SendBase);
        var resent = entry.Length > 0 && start < _highestSent;
        _highestSent = Math.Max(_highestSent, start + entry.Length);
        WritePacket("transport:packet_sent", entry, metrics.Acknowledged, metrics.SendBase, metrics.Received, metrics.ReceiveBase,
            resent);
    }

    private void WritePacket(
        string name, in TraceEntry entry, long sequenceBase, SequenceNumber sequenceAt, long acknowledgmentBase,
        SequenceNumber acknowledgmentAt, bool resent)
    {
        Begin(name, entry.At);
        _json.WriteNumber("seq", sequenceBase + (entry.Sequence - sequenceAt));
        _json.WriteNumber("len", entry.Length);
        _json.WriteString("flags", Letters(entry.Flags));
        if ((entry.Flags & TcpFlags.Ack) != 0)
            _json.WriteNumber("ack", acknowledgmentBase + (entry.Acknowledgment - acknowledgmentAt));
        _json.WriteNumber("window", entry.Window);
        if (resent) _json.WriteBoolean("resent", true);
        if (entry.SackCount > 0)
        {
            _json.WriteStartArray("sack");
            for (var i = 0; i < entry.SackCount; i++)
            {
                _json.WriteStartArray();
                _json.WriteNumberValue(acknowledgmentBase + (entry.Sack[i].Left - acknowledgmentAt));
                _json.WriteNumberValue(acknowledgmentBase + (entry.Sack[i].Right - acknowledgmentAt));
                _json.WriteEndArray();
            }

            _json.WriteEndArray();
        }

        End();
    }

    private void WriteChanges(in TcpTraceMetrics now, TimeSpan at)
    {
        if (now.State != _last.State)
            WriteChange("connectivity:connection_state_updated", at, _last.State.ToString(), now.State.ToString());
        if (now.Recovery != _last.Recovery)
            WriteChange("recovery:congestion_state_updated", at, RecoveryNames[_last.Recovery], RecoveryNames[now.Recovery]);
        if (now.TotalLost > _last.TotalLost)
        {
            Begin("recovery:packet_lost", at);
            _json.WriteNumber("bytes", now.TotalLost - _last.TotalLost);
            End();
        }

        if (IsSame(now, _last)) return;
        Begin("recovery:metrics_updated", at);
        _json.WriteNumber("congestion_window", now.Window);
        if (now.SlowStartThreshold != uint.MaxValue) _json.WriteNumber("ssthresh", now.SlowStartThreshold);
        _json.WriteNumber("bytes_in_flight", now.InFlight);
        _json.WriteNumber("peer_window", now.PeerWindow);
        _json.WriteNumber("smoothed_rtt", now.SmoothedRoundTrip.TotalMilliseconds);
        _json.WriteNumber("rtt_variance", now.RoundTripVariation.TotalMilliseconds);
        _json.WriteNumber("min_rtt", now.MinimumRoundTrip.TotalMilliseconds);
        _json.WriteNumber("rto", now.Rto.TotalMilliseconds);
        if (now.PacingRate > 0) _json.WriteNumber("pacing_rate", now.PacingRate * 8); // bits per second, as qlog has it
        _json.WriteNumber("acked", now.Acknowledged);
        End();
        _last = now;
    }

    private static bool IsSame(in TcpTraceMetrics now, in TcpTraceMetrics last) =>
        now with { Received = 0, ReceiveBase = default } == last with { Received = 0, ReceiveBase = default };

    private void WriteChange(string name, TimeSpan at, string from, string to)
    {
        Begin(name, at);
        _json.WriteString("old", from);
        _json.WriteString("new", to);
        End();
    }

    private void Begin(string name, TimeSpan at)
    {
        _json.WriteStartObject();
        _json.WriteNumber("time", (at - _origin).TotalMilliseconds);
        _json.WriteString("name", name);
        _json.WriteStartObject("data");
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
        EndLine();
    }

    private void EndLine()
    {
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
    }

    private static string Letters(TcpFlags flags)
    {
        Span<char> letters = stackalloc char[8];
        var count = 0;
        ReadOnlySpan<(TcpFlags Flag, char Letter)> all =
        [
            (TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, 'A'),
            (TcpFlags.Urg, 'U'),
            (TcpFlags.Ece, 'E'), (TcpFlags.Cwr, 'C'),
        ];
        foreach (var (flag, letter) in all)
        {
            if ((flags & flag) != 0) letters[count++] = letter;
        }

        return new string(letters[..count]);
    }
}
