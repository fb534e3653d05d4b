using System.Net.Sockets;
using ActorStack.Tests.Common.Capture;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>One connection over a <see cref="WireGround"/>, by its number in the control API.</summary>
internal sealed record WireFlow(WirePath Path, int Announced, bool Timestamps, bool IsIPv6, string Id, Socket Socket, int Seed)
{
    private readonly EchoExchange _exchange = new(Socket, Seed);

    /// <summary>What RFC 9293 section 3.7.1 lets the service send: payload and options.</summary>
    public int LargestMss => Announced > 0 ? Announced : IsIPv6 ? 1220 : 536;

    public Task EchoAsync(int length) => _exchange.RunAsync(length);

    /// <summary>The segments with text that the service sent to this peer.</summary>
    public IReadOnlyList<WireSegment> Of(IEnumerable<WireSegment> segments)
    {
        var peer = Socket.LocalEndPoint!.ToString();
        return [.. segments.Where(segment => segment.Text > 0 && segment.Flow.Remote.ToString() == peer)];
    }

    public override string ToString() =>
        $"{(IsIPv6 ? "IPv6" : "IPv4")}, {Path}, MSS {(Announced > 0 ? Announced : "absent")}, "
        + $"{(Timestamps ? "with" : "without")} timestamps";
}
