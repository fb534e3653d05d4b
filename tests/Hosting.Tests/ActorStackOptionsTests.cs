using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Akka.Actor;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting.Tests;

public sealed class ActorStackOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1/32", "loopback")]
    [InlineData("0.0.0.0/32", "unspecified")]
    [InlineData("224.0.0.1/32", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("ff02::1/128", "multicast")]
    [InlineData("fe80::1/128", "link-local")]
    [InlineData("::1", "loopback")]
    [InlineData("10.9.0.1/24", "/32")]
    [InlineData("fd00:9::1/64", "/128")]
    [InlineData("10.9.0.1/33", "10.9.0.1/32")]
    [InlineData("10.9", "10.9.0.1/32")]
    [InlineData("nonsense", "10.9.0.1/32")]
    public void An_address_that_cannot_be_served_is_refused_with_what_to_write(string address, string hint)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options => options.Addresses.Add(address)));
        Assert.Contains(address, error.Message);
        Assert.Contains(hint, error.Message);
    }

    [Theory]
    [InlineData("10.9.0.1/32")]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1/128")]
    public void A_unicast_address_is_taken(string address) =>
        Assert.Equal(address, Assert.Single(Validate(options => options.Addresses.Add(address)).Addresses));

    [Fact]
    public void Every_failure_is_named_at_once()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options =>
        {
            options.Tun = "a name too long for a device";
            options.Mtu = 100;
            options.SendCapacity = 1;
            options.DrainLimit = TimeSpan.FromSeconds(-1);
        }));
        Assert.Equal(4, error.Failures.Count());
    }

    [Fact]
    public void A_migration_that_is_given_no_time_is_refused()
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Validate(options => options.MigrationTimeout = TimeSpan.Zero));
        Assert.Contains("MigrationTimeout is '0s'. Give a time from 1ms", error.Message);
    }

    [Fact]
    public void An_unknown_congestion_control_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options =>
        {
            options.Congestion = "vegas";
            options.Services["echo"] = new ServiceOptions { Congestion = "westwood" };
        }));
        Assert.Equal(2, error.Failures.Count());
        Assert.Contains("Congestion is 'vegas'. Write one of cubic", error.Message);
    }

    [Fact]
    public void Two_services_on_one_port_are_refused()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddActorStack().AddConnectionHandler<EchoHandler>("echo", 7).AddConnectionHandler<DiscardHandler>("discard", 7);
        using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IOptions<ActorStackOptions>>().Value);
        Assert.Contains("Port 7 is in use", error.Message);
    }

    [Fact]
    public async Task Code_comes_before_configuration_that_before_akka_hocon_and_that_before_the_defaults()
    {
        using var root = new TemporaryRoot("""
            actorstack {
              drain-limit = 3s
              ended-kept = 4
              limits { orphans = 7, half-open = 7, memory { low = 1MiB, pressure = 1MiB, high = 1MiB } }
            }
            """);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = root.Path });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActorStack:EndedKept"] = "5",
            ["ActorStack:Services:echo:Congestion"] = "reno",
            ["ActorStack:Limits:HalfOpen"] = "8",
            ["ActorStack:Limits:Memory:Pressure"] = "2097152",
            ["ActorStack:Limits:Memory:High"] = "2097152",
        });
        builder.Services.AddLogging();
        builder.Services.AddActorStack(options =>
        {
            options.Limits.Memory.High = 5_000_000_000;
            options.Limits.Memory.Fragments = 3 << 20;
        });
        using var host = builder.Build();
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetConfig("actorstack");
        Assert.Equal(5, config.GetInt("ended-kept"));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("drain-limit"));
        Assert.Equal("as0", config.GetString("tun"));
        Assert.Equal("reno", config.GetString("services.echo.congestion"));
        Assert.Equal("cubic", config.GetString("congestion"));
        Assert.Equal((262_144, 7, 8),
            (config.GetInt("limits.time-waits"), config.GetInt("limits.orphans"), config.GetInt("limits.half-open")));
        Assert.Equal(
            [1 << 20, 2 << 20, 5_000_000_000, 3 << 20],
            new[] { "low", "pressure", "high", "fragments" }.Select(key => config.GetByteSize($"limits.memory.{key}")));
        await host.Services.GetRequiredService<ActorSystem>().Terminate();
    }

    [Fact]
    public async Task Limits_given_as_options_are_those_of_the_stack()
    {
        await using var host = await MemoryHost.StartAsync(static _ => { }, options =>
        {
            options.Limits.Orphans = 11;
            options.Limits.Memory.Low = options.Limits.Memory.Pressure = 12_345_678;
            options.Limits.Memory.High = 23_456_789;
        });
        var limits = (await host.Stack.GetStatisticsAsync(Patience.Token())).Limits;
        Assert.Equal((11, 23_456_789), (limits["orphans"].Limit, limits["memory"].Limit));
    }

    [Fact]
    public void Limits_below_zero_are_refused()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options =>
        {
            options.Limits.Orphans = -1;
            options.Limits.ChallengeAcksPerSecond = 0;
            options.Limits.Memory.High = -1;
        }));
        Assert.Equal(3, error.Failures.Count());
        Assert.Contains("Limits:Memory:High is '-1'", error.Message);
    }

    [Fact]
    public void What_services_settle_is_checked()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options =>
        {
            options.Services["echo"] = new ServiceOptions { Backlog = -1 };
            options.Services["discard"] = new ServiceOptions { Concurrency = -2 };
        }));
        Assert.Equal(2, error.Failures.Count());
        Assert.Contains("Services:echo:Backlog is '-1'. Give a value from 0", error.Message);
        Assert.Contains("Services:discard:Concurrency is '-2'. Give a value from 0", error.Message);
    }

    [Fact]
    public void A_drain_limit_that_no_timer_can_keep_is_refused()
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Validate(options => options.DrainLimit = TimeSpan.FromDays(60)));
        Assert.Contains("DrainLimit is '60d'. Give a time from 0s to 7d", error.Message);
    }

    [Fact]
    public void What_code_settles_for_a_service_is_checked_where_it_says_so()
    {
        var stack = new ServiceCollection().AddActorStack();
        var backlog = Assert.Throws<ArgumentOutOfRangeException>(
            () => stack.AddConnectionHandler<EchoHandler>("echo", 7, options => options.Backlog = -1));
        Assert.Equal((nameof(ListenerOptions.Backlog), -1), (backlog.ParamName, backlog.ActualValue));
        var concurrency = Assert.Throws<ArgumentOutOfRangeException>(
            () => stack.AddConnectionHandler<EchoHandler>("echo", 7, options => options.Concurrency = -1));
        Assert.Equal((nameof(ListenerOptions.Concurrency), -1), (concurrency.ParamName, concurrency.ActualValue));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public async Task The_host_is_given_the_time_that_draining_takes_whoever_says_how_long(int? minutes)
    {
        using var root = new TemporaryRoot("actorstack.drain-limit = 5m");
        await using var host = await MemoryHost.StartAsync(
            static _ => { }, options => options.DrainLimit = minutes is { } given ? TimeSpan.FromMinutes(given) : null,
            root.Path);
        Assert.InRange(
            ShutdownTimeout(host), TimeSpan.FromMinutes((minutes ?? 5) + 0.1), TimeSpan.FromMinutes((minutes ?? 5) + 1));
    }

    [Theory]
    [InlineData(3600_000)]
    [InlineData(Timeout.Infinite)]
    public async Task More_time_than_that_stays(int milliseconds)
    {
        var given = TimeSpan.FromMilliseconds(milliseconds);
        await using var host = await MemoryHost.StartAsync(static _ => { }, shutdown: given);
        Assert.Equal(given, ShutdownTimeout(host));
    }

    private static TimeSpan ShutdownTimeout(MemoryHost host) =>
        host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;

    private static ActorStackOptions Validate(Action<ActorStackOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddActorStack(configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ActorStackOptions>>().Value;
    }
}
