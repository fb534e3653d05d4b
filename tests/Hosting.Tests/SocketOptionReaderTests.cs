using ActorStack.CommandLine.Serve;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests;

public sealed class SocketOptionReaderTests
{
    private const string All =
        "tcp-nodelay = off, tcp-cork = on, tcp-quickack = off, so-linger = 4s, so-keepalive = on, tcp-keepidle = 30s, "
        + "tcp-keepintvl = 5s, tcp-keepcnt = 3, tcp-user-timeout = 20s, tcp-linger2 = 6s, tcp-defer-accept = 7s, "
        + "tcp-notsent-lowat = 8KiB, tcp-maxseg = 1200, tcp-congestion = reno, tcp-syncnt = 2, so-sndbuf = 64KiB, "
        + "so-rcvbuf = 32KiB, tcp-fastopen = 5, tcp-fastopen-connect = on, ip-ttl = 9, ip-tos = 187";

    private static readonly SocketOptions Expected = new()
    {
        NoDelay = false,
        Cork = true,
        QuickAck = false,
        Linger = TimeSpan.FromSeconds(4),
        KeepAlive = true,
        KeepaliveIdle = TimeSpan.FromSeconds(30),
        KeepaliveInterval = TimeSpan.FromSeconds(5),
        KeepaliveCount = 3,
        UserTimeout = TimeSpan.FromSeconds(20),
        Linger2 = TimeSpan.FromSeconds(6),
        DeferAccept = TimeSpan.FromSeconds(7),
        NotSentLowWater = 8_192,
        MaximumSegmentSize = 1200,
        CongestionAlgorithm = "reno",
        MaximumSynRetransmits = 2,
        SendBuffer = 65_536,
        ReceiveBuffer = 32_768,
        FastOpen = 5,
        FastOpenConnect = true,
        HopLimit = 9,
        TrafficClass = 184, // without the bits of ECN
    };

    [Fact]
    public void Without_any_the_defaults_of_the_stack_hold()
    {
        var defaults = HostingReference.Defaults.GetConfig("actorstack.socket-options");
        Assert.Equal(SocketOptions.Default,
            SocketOptionReader.Apply(SocketOptions.Default with { HopLimit = 1, NoDelay = false }, defaults, "here"));
    }

    [Fact]
    public void They_are_named_as_sockets_name_them() =>
        Assert.Equal(Expected, SocketOptionReader.Apply(SocketOptions.Default, ConfigurationFactory.ParseString(All), "here"));

    [Fact]
    public void A_service_of_the_command_line_names_them_so_too()
    {
        var service = Assert.Single(ServiceArguments(
            $"--service echo=7,congestion=bbr,backlog=5,concurrency=6,{All.Replace(" ", "", StringComparison.Ordinal)}"));
        var options = new ListenerOptions();
        service.Configure(options);
        Assert.Equal(("bbr", 5, 6), (options.Congestion, options.Backlog, options.Concurrency));
        Assert.Equal(Expected, options.Socket!(SocketOptions.Default));
    }

    [Theory]
    [InlineData("ip-ttl = 0", "from 1 to 255")]
    [InlineData("tcp-maxseg = 10", "from 88")]
    [InlineData("tcp-keepidle = 0s", "from 1s to 7d")]
    [InlineData("tcp-keepcnt = 1000", "from 1 to 127")]
    [InlineData("tcp-congestion = vegas", "one of cubic")]
    [InlineData("tcp-nodelay = perhaps", "on or off")]
    [InlineData("tcp-quickack = perhaps", "Write auto, or write on or off")]
    [InlineData("tcp-user-timeout = infinite", "from 0s to 7d")]
    [InlineData("so-sndbuf = 2GiB", "from 0 to")]
    [InlineData("so-debug = on", "Give one of tcp-nodelay")]
    public void What_is_unknown_or_out_of_range_is_refused_with_what_to_write(string option, string hint)
    {
        var refused = Assert.Throws<StackStartException>(
            () => SocketOptionReader.Apply(
                SocketOptions.Default, ConfigurationFactory.ParseString(option), "actorstack.socket-options"));
        Assert.Contains(option[..option.IndexOf(' ')], refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint, $"{refused.Message} {refused.WhatToDo}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--service echo=7,ip-ttl=0")]
    [InlineData("--service echo=7,nodelay")]
    [InlineData("--service echo=7,backlog=many")]
    [InlineData("--service echo=7,congestion=vegas")]
    public void A_wrong_option_of_a_service_is_an_error_of_the_command_line(string arguments) =>
        Assert.NotEmpty(ServeCommand.Create().Parse(arguments).Errors);

    [Fact]
    public async Task A_service_goes_before_the_stack_and_code_before_both()
    {
        var seen = new SeenOptions();
        await using var host = await MemoryHost.StartAsync(
            stack =>
            {
                stack.Services.AddSingleton(seen);
                stack.AddConnectionHandler<OptionsHandler>(
                    "shown", MemoryHost.Port, options => options.Socket = socket => socket with { HopLimit = 7 });
            },
            options =>
            {
                options.SocketOptions["tcp-nodelay"] = "off";
                options.SocketOptions["ip-tos"] = "64";
                options.SocketOptions["ip-ttl"] = "5";
                options.Services["shown"] = new ServiceOptions { SocketOptions = { ["ip-tos"] = "128", ["ip-ttl"] = "6" } };
            });
        var client = await host.ConnectAsync();
        await client.Output.CompleteAsync();
        var options = await seen.First.Task.WaitAsync(Patience.Token());
        Assert.Equal((false, 128, 7), (options.NoDelay, options.TrafficClass, options.HopLimit));
    }

    private static ServiceArgument[] ServiceArguments(string arguments)
    {
        var parsed = ServeCommand.Create().Parse(arguments);
        Assert.Empty(parsed.Errors);
        return parsed.GetValue<ServiceArgument[]>("--service")!;
    }

    private sealed class SeenOptions
    {
        public TaskCompletionSource<SocketOptions> First { get; } = new();
    }

    private sealed class OptionsHandler(SeenOptions seen) : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection)
        {
            seen.First.SetResult(connection.SocketOptions);
            return Task.CompletedTask;
        }
    }
}
