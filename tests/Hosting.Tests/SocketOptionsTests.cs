using ActorStack.Transport.Tcp;
using Akka.Configuration;

namespace ActorStack.Hosting.Tests;

public sealed class SocketOptionsTests
{
    private static readonly Config Defaults = HostingReference.Defaults.GetConfig("actorstack.socket-options");

    [Fact]
    public void Without_any_the_defaults_of_the_stack_hold() =>
        Assert.Equal(TcpSettings.Default, SocketOptions.Apply(TcpSettings.Default, Defaults));

    [Fact]
    public void They_are_named_as_sockets_name_them()
    {
        var options = ConfigurationFactory.ParseString(
            "tcp-nodelay = off, so-keepalive = on, tcp-keepidle = 30s, tcp-keepintvl = 5s, tcp-keepcnt = 3, tcp-user-timeout = 20s, "
            + "tcp-maxseg = 1200, tcp-syncnt = 2, ip-ttl = 9, ip-tos = 187");
        var expected = TcpSettings.Default with
        {
            NoDelay = false,
            KeepAlive = true,
            KeepaliveIdle = TimeSpan.FromSeconds(30),
            KeepaliveInterval = TimeSpan.FromSeconds(5),
            KeepaliveCount = 3,
            UserTimeout = TimeSpan.FromSeconds(20),
            MaximumSegmentSize = 1200,
            MaximumSynRetransmits = 2,
            HopLimit = 9,
            TrafficClass = 184, // without the bits of ECN
        };
        Assert.Equal(expected, SocketOptions.Apply(TcpSettings.Default, options.WithFallback(Defaults)));
    }

    [Theory]
    [InlineData("ip-ttl = 0")]
    [InlineData("tcp-maxseg = 10")]
    [InlineData("tcp-keepidle = 0s")]
    [InlineData("tcp-keepcnt = 1000")]
    public void What_is_out_of_range_is_refused_with_its_name(string option)
    {
        var config = ConfigurationFactory.ParseString(option).WithFallback(Defaults);
        var refused = Assert.Throws<StackStartException>(() => SocketOptions.Apply(TcpSettings.Default, config));
        Assert.Contains(option[..option.IndexOf(' ')], refused.Message, StringComparison.Ordinal);
    }
}
