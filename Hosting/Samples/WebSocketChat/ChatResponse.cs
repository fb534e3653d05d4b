using System.Security.Cryptography;
using System.Text;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>The answers to requests (RFC 9112), and to that for a WebSocket (RFC 6455 section 4.2.2).</summary>
internal static class ChatResponse
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static byte[] BadRequest { get; } =
        Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public static byte[] Page { get; } = ReadPage();

    public static byte[] SwitchingProtocols(string key) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        $"Sec-WebSocket-Accept: {Accept(key)}\r\n\r\n");

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // RFC 6455 demands SHA-1, and no secret depends on it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
    }

    private static byte[] ReadPage()
    {
        using var resource = typeof(ChatResponse).Assembly.GetManifestResourceStream("page.html")!;
        using var page = new MemoryStream();
        resource.CopyTo(page);
        return
        [
            .. Encoding.ASCII.GetBytes(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n" +
                $"Content-Length: {page.Length}\r\nConnection: close\r\n\r\n"),
            .. page.ToArray(),
        ];
    }
}
