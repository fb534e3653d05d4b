using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using ActorStack.Hosting.Dashboard;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests.Dashboard;

/// <summary>The dashboard that a service serves itself.</summary>
public sealed class DashboardServiceTests : IDisposable
{
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_connection_moves_where_the_request_has_the_secret_of_the_address()
    {
        await using var host = await StartAsync(new IPEndPoint(IPAddress.Loopback, 0), allowActions: true);
        await host.ConnectAsync();
        var url = new Uri(host.Services.GetRequiredService<DashboardService>().Url);
        var id = Assert.Single((await RowsAsync(url)).Rows).Id;
        Assert.Equal(HttpStatusCode.Forbidden, await OffloadAsync(url, id, token: null));
        Assert.Equal(HttpStatusCode.Forbidden, await OffloadAsync(url, id, token: "guessed"));
        Assert.Equal("software", Assert.Single((await RowsAsync(url)).Rows).RunsOn);
        Assert.Equal(HttpStatusCode.OK, await OffloadAsync(url, id, url.Fragment[1..]));
        Assert.Equal("toe", Assert.Single((await RowsAsync(url)).Rows).RunsOn);
    }

    [Fact]
    public async Task A_name_that_may_lead_anywhere_is_refused()
    {
        await using var host = await StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var url = new Uri(host.Services.GetRequiredService<DashboardService>().Url);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "rows"));
        request.Headers.Host = "evil.example";
        using var answer = await _client.SendAsync(request, Patience.Token());
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Moving_connections_needs_a_loopback_address()
    {
        var refused = await Assert.ThrowsAsync<StackStartException>(
            () => StartAsync(new IPEndPoint(IPAddress.Any, 0), allowActions: true));
        Assert.Contains("0.0.0.0:0", refused.Message);
        Assert.Contains("SSH", refused.WhatToDo);
    }

    [Fact]
    public async Task An_address_in_use_is_told_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var refused = await Assert.ThrowsAsync<StackStartException>(() => StartAsync((IPEndPoint)other.LocalEndpoint));
        Assert.Contains($"The dashboard cannot listen on {other.LocalEndpoint}", refused.Message);
        Assert.NotEmpty(refused.WhatToDo);
    }

    private static Task<MemoryHost> StartAsync(IPEndPoint endPoint, bool allowActions = false) => MemoryHost.StartAsync(
        stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port).AddDashboard(endPoint, allowActions));

    private async Task<RowPage> RowsAsync(Uri url) =>
        (await _client.GetFromJsonAsync(new Uri(url, "rows"), DashboardJson.Default.RowPage, Patience.Token()))!;

    private async Task<HttpStatusCode> OffloadAsync(Uri url, string id, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, $"connections/{id}/offload"));
        request.Content = new StringContent("{ \"engine\": \"toe\" }", Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Add(ActionGuard.TokenHeader, token);
        using var answer = await _client.SendAsync(request, Patience.Token());
        return answer.StatusCode;
    }
}
