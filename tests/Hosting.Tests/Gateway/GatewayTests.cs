using ActorStack.Hosting.Gateway;
using ActorStack.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>The gateway between clients and backends that have a TCP of their own, in memory and in virtual time.</summary>
public sealed class GatewayTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 443;
    private const string Name = "web";

    [Fact]
    public Task Bytes_and_half_closes_pass_in_both_directions() => RunAsync(seeds: 5, test: async network =>
    {
        var server = await network.ListenAsync(8080);
        await AddAsync(network, "a", server.EndPoint.ToString());
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();

        await client.SendAsync("request");
        await client.CompleteAsync();
        await backend.ExpectAsync("request");
        await backend.ExpectEndAsync();
        await backend.SendAsync("the answer comes after the client's FIN");
        await backend.CompleteAsync();
        await client.ExpectAsync("the answer comes after the client's FIN");
        await client.ExpectEndAsync();
        client.ExpectNoReset();
    });

    [Fact]
    public Task A_backend_that_does_not_read_holds_the_client_back() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        await AddAsync(network, "a", server.EndPoint.ToString());
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();

        var payload = Pattern(32 << 20);
        var sending = client.SendAsync(payload);
        await network.PassAsync(TimeSpan.FromSeconds(10));
        Assert.False(sending.IsCompleted);
        Assert.Equal(payload, await backend.ReceiveAsync(payload.Length, TimeSpan.FromMinutes(10)));
        await sending;
    });

    [Fact]
    public Task A_reset_of_one_side_resets_the_other() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        await AddAsync(network, "a", server.EndPoint.ToString());
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();

        backend.Reset();
        await client.ExpectResetAsync();
    });

    [Fact]
    public Task A_backend_that_refuses_is_passed_over() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var node = await AddAsync(network, "a", "10.1.0.1:9999", server.EndPoint.ToString());
        for (var i = 0; i < 4; i++)
        {
            await using var client = await network.ConnectAsync(Port);
            await using var backend = await server.AcceptAsync();
            await client.SendAsync("x");
            await backend.ExpectAsync("x");
        }

        Assert.InRange(GatewayOf(node).Backends.Backends[0].Failures, 1, 4);
    });

    [Fact]
    public Task Without_a_backend_that_answers_the_client_is_refused_and_counted() => RunAsync(async network =>
    {
        var node = await AddAsync(network, "a", "10.1.0.1:9999");
        await network.ListenAsync(8080); // the host of the backends runs
        await using var client = await network.ConnectAsync(Port);
        await client.ExpectResetAsync();
        Assert.Equal(1, GatewayOf(node).Counters.Refused[GatewayRefusal.BackendsFailed]);
    });

    [Theory]
    [InlineData(1, 100, GatewayRefusal.TooManyConnections)]
    [InlineData(100, 1, GatewayRefusal.TooManyFromSource)]
    public Task A_client_beyond_a_limit_is_refused_and_counted(int all, int perSource, GatewayRefusal reason) =>
        RunAsync(async network =>
        {
            var server = await network.ListenAsync(8080);
            var node = await AddAsync(network, "a", server.EndPoint.ToString(), options =>
                (options.MaximumConnections, options.MaximumConnectionsPerSource) = (all, perSource));
            await using var first = await network.ConnectAsync(Port);
            await using var backend = await server.AcceptAsync();
            await using var second = await network.ConnectAsync(Port);
            await second.ExpectResetAsync();
            Assert.Equal(1, GatewayOf(node).Counters.Refused[reason]);

            first.Reset();
            await network.UntilAsync(() => GatewayOf(node).Limits.Count == 0, "the end of the first client");
            await using var third = await network.ConnectAsync(Port);
            await using var next = await server.AcceptAsync();
            await third.SendAsync("x");
            await next.ExpectAsync("x");
        });

    [Fact]
    public Task A_connection_without_a_byte_for_the_idle_timeout_is_ended_and_counted() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var node = await AddAsync(
            network, "a", server.EndPoint.ToString(), options => options.IdleTimeout = TimeSpan.FromSeconds(20));
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();
        await network.PassAsync(TimeSpan.FromSeconds(15));
        await client.SendAsync("x");
        await backend.ExpectAsync("x");
        await network.PassAsync(TimeSpan.FromSeconds(15));
        client.ExpectNoReset();
        await client.ExpectResetAsync();
        await backend.ExpectResetAsync();
        Assert.Equal(1, GatewayOf(node).Counters.Refused[GatewayRefusal.Idle]);
    });

    [Fact]
    public Task Checks_take_a_backend_out_and_bring_it_back() => RunAsync(async network =>
    {
        var good = await network.ListenAsync(8080);
        var node = await AddAsync(network, "a", good.EndPoint.ToString(), options =>
        {
            options.Backends.Add("10.1.0.1:8081");
            options.CheckInterval = TimeSpan.FromSeconds(1);
        });
        GatewayHostOf(node).Start();
        var late = GatewayOf(node).Backends.Backends[1];
        await network.UntilAsync(() => !late.IsUp, "the end of the backend that refuses");
        await network.ListenAsync(8081);
        await network.UntilAsync(() => late.IsUp, "the backend that has come");
        Assert.True(GatewayOf(node).Backends.Backends[0].IsUp);
    });

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public Task The_backend_learns_the_client_that_a_proxy_before_the_gateway_names(ProxyProtocolVersion version) =>
        RunAsync(async network =>
        {
            var server = await network.ListenAsync(8080);
            await AddAsync(network, "a", server.EndPoint.ToString(), options =>
                (options.AcceptProxy, options.SendProxy) = (true, version));
            await using var client = await network.ConnectAsync(Port);
            await client.SendAsync("PROXY TCP4 192.0.2.7 10.9.0.1 40001 44");
            await network.PassAsync(TimeSpan.FromSeconds(1));
            await client.SendAsync("3\r\nhello");
            await using var backend = await server.AcceptAsync();
            var source = System.Net.IPEndPoint.Parse("192.0.2.7:40001");
            await backend.ExpectAsync(
                ActorStack.Hosting.Gateway.Hello.ProxyHeader.Write(
                    version, source, new System.Net.IPEndPoint(network.Address, Port)));
            await backend.ExpectAsync("hello");
            await backend.SendAsync("answer");
            await client.ExpectAsync("answer");
        });

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", GatewayRefusal.BadGreeting)]
    [InlineData("PROXY ", GatewayRefusal.SilentClient)]
    public Task A_client_that_begins_with_no_header_is_refused_and_counted(string text, GatewayRefusal reason) =>
        RunAsync(async network =>
        {
            var server = await network.ListenAsync(8080);
            var node = await AddAsync(network, "a", server.EndPoint.ToString(), options => options.AcceptProxy = true);
            await using var client = await network.ConnectAsync(Port);
            await client.SendAsync(text);
            await client.ExpectResetAsync();
            Assert.Equal(1, GatewayOf(node).Counters.Refused[reason]);
        });

    internal static Task<StackNode> AddAsync(
        StackNetwork network, string name, string backend, Action<GatewayOptions>? configure = null) =>
        network.AddNodeAsync(name, stack => stack.AddGateway(Name, options =>
        {
            options.Listen = $"0.0.0.0:{Port}";
            options.Backends.Add(backend);
            options.CheckInterval = TimeSpan.Zero;
            configure?.Invoke(options);
        }));

    private static Task<StackNode> AddAsync(StackNetwork network, string name, string backend, string other) =>
        AddAsync(network, name, backend, options => options.Backends.Add(other));

    internal static GatewayHost GatewayHostOf(StackNode node) => node.Services.GetRequiredKeyedService<GatewayHost>(Name);

    internal static TcpGateway GatewayOf(StackNode node) => GatewayHostOf(node).Gateway;

    internal static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 >> 3))];
}
