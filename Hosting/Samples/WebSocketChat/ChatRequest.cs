using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>The request of a client (RFC 9112), which asks for a WebSocket (RFC 6455 section 4.2.1) or for the page.</summary>
internal abstract partial record ChatRequest
{
    private const int LongestHead = 8192;

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>The client wants to be a member of a room.</summary>
    /// <param name="Room">The room.</param>
    /// <param name="Nick">Its name there.</param>
    /// <param name="Key">Its <c>Sec-WebSocket-Key</c>.</param>
    public sealed record Join(string Room, string Nick, string Key) : ChatRequest;

    /// <summary>The client wants the page.</summary>
    public sealed record Page : ChatRequest;

    /// <summary>It is neither, or it is too long, or the client closed before it was complete.</summary>
    public sealed record Malformed : ChatRequest;

    /// <summary>The connection is to move before the request has come. What has come of it is not consumed.</summary>
    public sealed record Moving : ChatRequest;

    public static async Task<ChatRequest> ReadAsync(ConnectionContext connection)
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

    private static ChatRequest Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (PageLine.IsMatch(lines[0])) return new Page();
        if (RoomLine.Match(lines[0]) is not { Success: true } line) return new Malformed();
        var fields = lines.Skip(1).Select(field => field.Split(':', 2)).Where(field => field.Length == 2)
            .ToLookup(field => field[0], field => field[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return Has("Upgrade", "websocket") && Has("Connection", "Upgrade") && Has("Sec-WebSocket-Version", "13")
            && fields["Sec-WebSocket-Key"].ToArray() is [{ } key] && IsKey(key)
            ? new Join(line.Groups["room"].Value, line.Groups["nick"].Value, key)
            : new Malformed();

        bool Has(string name, string wanted) => fields[name].SelectMany(value => value.Split(','))
            .Any(value => value.Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>16 bytes in base64.</summary>
    private static bool IsKey(string key) => Convert.TryFromBase64String(key, new byte[24], out var length) && length == 16;

    [GeneratedRegex(@"^GET /(\?[\w=]*)? HTTP/1\.1$")]
    private static partial Regex PageLine { get; }

    [GeneratedRegex(@"^GET /(?<room>[A-Za-z0-9]{1,32})\?nick=(?<nick>[A-Za-z0-9]{1,32}) HTTP/1\.1$")]
    private static partial Regex RoomLine { get; }
}
