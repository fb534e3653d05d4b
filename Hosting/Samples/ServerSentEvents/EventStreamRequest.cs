using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.ServerSentEvents;

/// <summary>The request of a client (RFC 9112), of which only the method and <c>Last-Event-ID</c> matter.</summary>
internal abstract record EventStreamRequest
{
    private const int LongestHead = 8192;
    private const string LastEvent = "Last-Event-ID:";

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>The client wants the events from this number on.</summary>
    public sealed record From(long Next) : EventStreamRequest;

    /// <summary>It is no GET, too long, or the client closed before it was complete.</summary>
    public sealed record Malformed : EventStreamRequest;

    /// <summary>The connection is to move before the request has come. What has come of it is not consumed.</summary>
    public sealed record Moving : EventStreamRequest;

    public static async Task<EventStreamRequest> ReadAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosedRequested);
            if (TryTakeHead(input, read.Buffer) is { } head) return Parse(head);
            if (connection.IsLeaving) return new Moving();
            if (read.IsCompleted || read.Buffer.Length > LongestHead) return new Malformed();
        }
    }

    /// <summary>Consumes the head where it is complete; otherwise nothing.</summary>
    private static string? TryTakeHead(PipeReader input, in ReadOnlySequence<byte> received)
    {
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> head, EndOfHead) || head.Length > LongestHead)
        {
            input.AdvanceTo(received.Start, received.End);
            return null;
        }

        var text = Encoding.ASCII.GetString(head);
        input.AdvanceTo(reader.Position);
        return text;
    }

    private static EventStreamRequest Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (!lines[0].StartsWith("GET ", StringComparison.Ordinal)) return new Malformed();
        var last = lines.FirstOrDefault(line => line.StartsWith(LastEvent, StringComparison.OrdinalIgnoreCase));
        if (last is null) return new From(0);
        var value = last.AsSpan(LastEvent.Length).Trim();
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue
            ? new From(number + 1)
            : new Malformed();
    }
}
