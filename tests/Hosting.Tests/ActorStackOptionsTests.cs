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
    public void An_unknown_congestion_control_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Validate(options =>
        {
            options.Congestion = "vegas";
            options.Services["echo"] = new ServiceOptions { Congestion = "westwood" };
        }));
        Assert.Equal(2, error.Failures.Count());
        Assert.Contains("'vegas'; choose one of cubic", error.Message);
    }

    [Fact]
    public void Two_services_on_one_port_are_refused()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddActorStack().AddConnectionHandler<EchoHandler>("echo", 7).AddConnectionHandler<DiscardHandler>("discard", 7);
        using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<ActorStackOptions>>().Value);
        Assert.Contains("Port 7 is in use", error.Message);
    }

    [Fact]
    public async Task Options_come_before_akka_hocon_and_that_before_the_defaults()
    {
        var root = Directory.CreateTempSubdirectory("actorstack-");
        await File.WriteAllTextAsync(
            Path.Combine(root.FullName, "akka.hocon"), "actorstack { drain-limit = 3s, ended-kept = 4 }", Patience.Token());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = root.FullName });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActorStack:EndedKept"] = "5",
            ["ActorStack:Services:echo:Congestion"] = "reno",
        });
        builder.Services.AddLogging();
        builder.Services.AddActorStack();
        using var host = builder.Build();
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetConfig("actorstack");
        Assert.Equal(5, config.GetInt("ended-kept"));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("drain-limit"));
        Assert.Equal("as0", config.GetString("tun"));
        Assert.Equal("reno", config.GetString("services.echo.congestion"));
        Assert.Equal("cubic", config.GetString("congestion"));
        await host.Services.GetRequiredService<ActorSystem>().Terminate();
        root.Delete(recursive: true);
    }

    [Fact]
    public void The_host_is_given_the_time_that_draining_takes()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddActorStack(options => options.DrainLimit = TimeSpan.FromMinutes(5));
        using var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout > TimeSpan.FromMinutes(5));
    }

    private static ActorStackOptions Validate(Action<ActorStackOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddActorStack(configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ActorStackOptions>>().Value;
    }
}
