using ActorStack.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>The gateway follows its configuration while connections go on.</summary>
public sealed class GatewayReloadTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 443;
    private const string Section = "ActorStack:Gateways:web";

    [Fact]
    public Task A_backend_that_leaves_keeps_its_connections_and_gets_no_new_ones() => RunAsync(async network =>
    {
        var (before, after) = (await network.ListenAsync(8080), await network.ListenAsync(8081));
        var configuration = ConfigurationOf($"{before.EndPoint}");
        var node = await AddAsync(network, configuration);
        await using var old = await network.ConnectAsync(Port);
        await using var oldBackend = await before.AcceptAsync();

        configuration[$"{Section}:Backends:0"] = $"{after.EndPoint}";
        configuration.Reload();
        await using var young = await network.ConnectAsync(Port);
        await using var youngBackend = await after.AcceptAsync();
        foreach (var (client, backend) in new[] { (old, oldBackend), (young, youngBackend) })
        {
            await client.SendAsync("to the backend");
            await backend.ExpectAsync("to the backend");
            await backend.SendAsync("to the client");
            await client.ExpectAsync("to the client");
        }

        Assert.Equal(after.EndPoint, Assert.Single(GatewayTests.GatewayOf(node).Backends.Backends).EndPoint);
    });

    [Theory]
    [InlineData("Backends:0", "nowhere")]
    [InlineData("Fall", "0")]
    [InlineData("Balance", "none")]
    public Task A_configuration_that_is_not_valid_changes_nothing(string key, string value) => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var configuration = ConfigurationOf($"{server.EndPoint}");
        var node = await AddAsync(network, configuration);
        var settings = GatewayTests.GatewayOf(node).Settings;
        configuration[$"{Section}:{key}"] = value;
        configuration.Reload();
        Assert.Same(settings, GatewayTests.GatewayOf(node).Settings);
    });

    private static IConfigurationRoot ConfigurationOf(string backend) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{Section}:Listen"] = $"0.0.0.0:{Port}",
            [$"{Section}:Backends:0"] = backend,
            [$"{Section}:CheckInterval"] = "00:00:00",
        })
        .Build();

    private static Task<StackNode> AddAsync(StackNetwork network, IConfigurationRoot configuration) =>
        network.AddNodeAsync("a", stack =>
        {
            stack.Services.AddSingleton<IConfiguration>(configuration);
            stack.AddGateway("web");
        });
}
