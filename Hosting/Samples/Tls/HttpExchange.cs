using System.Globalization;
using System.Text;

namespace ActorStack.Samples.Tls;

/// <summary>The part of HTTP/1.1 (RFC 9112) that the sample needs: one request without a body, and one answer.</summary>
internal static class HttpExchange
{
    private const int LongestHead = 8192;
    private const int LongestBody = 1_000_000_000;
    private const string EndOfHead = "\r\n\r\n";

    private static readonly byte[] Block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcde\n", 1024)));

    public static async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        if (await ReadHeadAsync(stream, cancellation) is not { } head) return;
        var length = LengthOf(head);
        var status = length is null ? "400 Bad Request" : "200 OK";
        var answer = $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length ?? 0}\r\nConnection: close";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + EndOfHead), cancellation);
        for (var left = length ?? 0; left > 0; left -= Block.Length)
            await stream.WriteAsync(Block.AsMemory(0, Math.Min(left, Block.Length)), cancellation);
    }

    /// <summary>Reads the request. Null: the peer closed before its request was complete, or the request is too long.</summary>
    private static async Task<string?> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[LongestHead];
        for (var count = 0; count < buffer.Length;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(count), cancellation);
            if (read == 0) return null;
            count += read;
            var text = Encoding.ASCII.GetString(buffer, 0, count);
            if (text.Contains(EndOfHead, StringComparison.Ordinal)) return text;
        }

        return null;
    }

    /// <summary>Returns N of <c>GET /N HTTP/1.1</c>; null: another request.</summary>
    private static int? LengthOf(string head) =>
        head.Split("\r\n")[0].Split(' ') is ["GET", ['/', .. var number], ['H', 'T', 'T', 'P', '/', ..]]
        && int.TryParse($"0{number}", NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= LongestBody
            ? length
            : null;
}
