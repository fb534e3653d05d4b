using System.Net;
using System.Net.Security;
using System.Text;
using ActorStack.Hosting.Gateway.Hello;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>What is read of a client before its backend is chosen: from whole, cut, damaged and random bytes.</summary>
public sealed class GreetingTests
{
    private static readonly IPEndPoint Source = IPEndPoint.Parse("192.0.2.7:40001");
    private static readonly IPEndPoint SourceV6 = IPEndPoint.Parse("[2001:db8::7]:40001");
    private static readonly IPEndPoint Destination = IPEndPoint.Parse("10.9.0.1:443");
    private static readonly IPEndPoint DestinationV6 = IPEndPoint.Parse("[fd00:9::1]:443");

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public void A_header_that_is_written_is_read_and_each_part_of_it_waits_for_more(ProxyProtocolVersion version)
    {
        foreach (var (source, destination) in new[] { (Source, Destination), (SourceV6, DestinationV6) })
        {
            var bytes = ProxyHeader.Write(version, source, destination);
            Assert.True(ProxyHeader.TryRead([.. bytes, .. "GET"u8], out var header));
            Assert.Equal(new ProxyHeader(bytes.Length, source), header);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.True(ProxyHeader.TryRead(bytes.AsSpan(0, length), out header), $"{length} bytes");
                Assert.Null(header);
            }
        }
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN 1 2 3\r\n")]
    public void A_header_without_a_source_is_read(string line)
    {
        Assert.True(ProxyHeader.TryRead(Encoding.ASCII.GetBytes(line), out var header));
        Assert.Equal(new ProxyHeader(line.Length, Source: null), header);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 10.9.0.1 40001\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 10.9.0.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 10.9.0.1 65536 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 10.9.0.1 -1 443\r\n")]
    [InlineData("PROXY TCP5 192.0.2.7 10.9.0.1 1 443\r\n")]
    public void What_is_no_header_is_refused(string text) =>
        Assert.False(ProxyHeader.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_line_without_an_end_is_refused_at_its_longest_length() =>
        Assert.False(ProxyHeader.TryRead(Encoding.ASCII.GetBytes("PROXY " + new string('x', 101)), out _));

    [Fact]
    public async Task The_hello_of_a_real_client_is_read_whole_in_parts_and_in_several_records()
    {
        var bytes = await HelloAsync("WWW.Example.com", SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
        foreach (var form in new[] { bytes, Split(bytes, 1), Split(bytes, 37) })
        {
            Assert.True(ClientHello.TryRead(form, out var hello));
            Assert.Equal("www.example.com", hello!.ServerName);
            Assert.Equal(["h2", "http/1.1"], hello.Protocols);
            for (var length = 0; length < form.Length; length++)
            {
                Assert.True(ClientHello.TryRead(form.AsSpan(0, length), out hello), $"{length} bytes");
                Assert.Null(hello);
            }
        }
    }

    [Fact]
    public async Task A_hello_without_name_and_protocols_has_none()
    {
        Assert.True(ClientHello.TryRead(await HelloAsync("", []), out var hello));
        Assert.Null(hello!.ServerName);
        Assert.Empty(hello.Protocols);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public void What_is_no_hello_is_refused(string text) =>
        Assert.False(ClientHello.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_hello_that_says_it_is_too_long_is_refused() =>
        Assert.False(ClientHello.TryRead([22, 3, 1, 0x3F, 0, 1, 1, 0, 0], out _));

    [Fact]
    public async Task No_damage_to_a_greeting_does_more_than_refuse_it()
    {
        var random = new Random(1);
        byte[][] greetings =
        [
            await HelloAsync("www.example.com", SslApplicationProtocol.Http2), Split(await HelloAsync("a.b", []), 50),
            ProxyHeader.Write(ProxyProtocolVersion.V1, Source, Destination),
            ProxyHeader.Write(ProxyProtocolVersion.V2, SourceV6, DestinationV6),
        ];
        for (var i = 0; i < 200_000; i++)
        {
            var damaged = greetings[i % greetings.Length].ToArray();
            for (var damages = random.Next(1, 5); damages > 0; damages--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var part = damaged.AsSpan(0, random.Next(damaged.Length + 1));
            ClientHello.TryRead(part, out var hello);
            ProxyHeader.TryRead(part, out var header);
            Assert.InRange(hello?.ServerName?.Length ?? 1, 1, 255);
            Assert.InRange(header?.Length ?? 0, 0, part.Length);
        }
    }

    /// <summary>The same handshake message in records of a size.</summary>
    private static byte[] Split(byte[] hello, int size) =>
        [.. hello.Skip(5).Chunk(size).SelectMany(
            part => (byte[])[22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part])];

    /// <summary>The first bytes of .NET's own client.</summary>
    private static async Task<byte[]> HelloAsync(string name, params List<SslApplicationProtocol> protocols)
    {
        using var sent = new FirstBytes();
        await using var client = new SslStream(sent);
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, ApplicationProtocols = protocols }));
        return sent.ToArray();
    }

    /// <summary>A peer that never answers.</summary>
    private sealed class FirstBytes : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);

        public override int Read(Span<byte> buffer) => 0;
    }
}
