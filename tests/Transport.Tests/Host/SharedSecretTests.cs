using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>
/// Two nodes of a cluster that started at unlike times and share the secret: one goes on where the other began.
/// </summary>
public sealed class SharedSecretTests
{
    private const ushort Port = 7;

    private static readonly IpAddress Local = IpAddress.Parse("10.9.0.1");
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LaterStart = TimeSpan.FromDays(3);
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly FlowKey Client = new(
        new TcpEndpoint(IpAddress.Parse("10.0.0.9"), 40_000), new TcpEndpoint(Local, Port));

    private static readonly TimeSpan Now = LaterStart + TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    [InlineData(60)]
    public void A_cookie_that_one_node_made_finishes_the_handshake_at_another(int skew)
    {
        var (first, second) = (Node(Start), Node(Start + LaterStart + TimeSpan.FromSeconds(skew)));
        var syn = HostPackets.Write(Client, TcpFlags.Syn, 100, 0, default);
        Assert.Equal(HostAction.Respond, Judge(first, syn, Now).Action);
        var iss = first.Response.Sequence;
        var ack = HostPackets.Write(Client, TcpFlags.Ack, 101, (iss + 1).Value, default);
        Assert.Equal(HostAction.Open, Judge(second, ack, Now - LaterStart).Action);
        Assert.Equal(1, second.Counters.Tcp[TcpExt.SyncookiesRecv]);
    }

    [Fact]
    public void A_cookie_of_another_secret_or_of_minutes_ago_is_refused()
    {
        var syn = HostPackets.Write(Client, TcpFlags.Syn, 100, 0, default);
        var (first, stranger) = (Node(Start), Node(Start + LaterStart, [.. Secret.Reverse()]));
        Judge(first, syn, Now);
        var ack = HostPackets.Write(Client, TcpFlags.Ack, 101, (first.Response.Sequence + 1).Value, default);
        Assert.NotEqual(HostAction.Open, Judge(stranger, ack, Now - LaterStart).Action);
        var late = Node(Start + LaterStart);
        Assert.NotEqual(HostAction.Open, Judge(late, ack, Now - LaterStart + TimeSpan.FromMinutes(4)).Action);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    [InlineData(60)]
    [Rfc(7413, "4.1.2")]
    public void A_Fast_Open_cookie_that_one_node_made_is_good_at_another(int skew)
    {
        var first = new FastOpenCookies(new InitialSequence(new SharedSecret(Secret, Start)));
        var second = new FastOpenCookies(
            new InitialSequence(new SharedSecret(Secret, Start + LaterStart + TimeSpan.FromSeconds(skew))));
        var cookie = first.Make(Client.Reversed, Now);
        Assert.True(second.IsGood(cookie, Client.Reversed, Now - LaterStart, out _));
        Assert.False(second.IsGood(cookie, Client.Reversed, Now - LaterStart + TimeSpan.FromHours(3), out _));
    }

    [Fact]
    [Rfc(6528, "3")]
    public void The_numbers_and_timestamps_of_a_flow_grow_from_one_node_to_the_next()
    {
        var first = new InitialSequence(new SharedSecret(Secret, Start));
        var second = new InitialSequence(new SharedSecret(Secret, Start + LaterStart));
        var flow = Client.Reversed;
        var later = Now - LaterStart + TimeSpan.FromSeconds(1);
        Assert.Equal(first.Next(flow, Now) + 250_000, second.Next(flow, later));
        Assert.Equal(
            TimestampClock.Value(Now, first.TimestampOffset(flow)) + 1_000,
            TimestampClock.Value(later, second.TimestampOffset(flow)));
    }

    [Fact]
    public void A_secret_that_can_be_guessed_is_refused() =>
        Assert.Throws<ArgumentException>(() => new InitialSequence(new SharedSecret(new byte[15], Start)));

    [Fact]
    public void No_text_shows_the_secret() =>
        Assert.Equal("SharedSecret of 32 bytes", new SharedSecret(Secret, Start).ToString());

    private static TcpHost Node(DateTimeOffset start, byte[]? secret = null)
    {
        var host = new TcpHost(new HostSettings([Local])
        {
            MaximumHalfOpen = 0,
            Shared = new SharedSecret(secret ?? Secret, start),
        });
        host.Listen(new Listener(Port, 128, host.Tcp, receiveCapacity: 65_536));
        return host;
    }

    private static HostVerdict Judge(TcpHost host, byte[] packet, TimeSpan now)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes);
        return host.OnFrame(new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0), now);
    }
}
