using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ActorStack.Actors;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Control;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests;

public sealed class ControlApiTests : IDisposable
{
    private const string Offload = "connections/1-1/offload";
    private const string Json = "application/json";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    private string Path => System.IO.Path.Combine(_directory.FullName, "control.sock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_connection_is_listed_described_and_remembered()
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        var client = await host.ConnectAsync();
        var listed = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token()));
        Assert.Equal("10.9.0.1:7", listed.Local);
        Assert.Equal("software", listed.RunsOn);
        Assert.Equal(listed.Id, (await control.GetConnectionAsync(listed.Id, Patience.Token())).Id);
        Assert.Empty(await control.GetMigrationsAsync(listed.Id, Patience.Token()));
        Assert.StartsWith($"{NodeName.OfMachine(Environment.MachineName)}-", listed.Id, StringComparison.Ordinal);
        var withoutNode = listed.Id[(new ConnectionId(listed.Id).Node.Length + 1)..];
        Assert.Equal(listed.Id, (await control.GetConnectionAsync(withoutNode, Patience.Token())).Id);
        Assert.Equal(1, (await control.GetStatisticsAsync(Patience.Token())).Connections);
        await client.Output.CompleteAsync();
    }

    [Fact]
    public async Task The_figures_of_a_connection_bear_the_names_of_TCP_INFO_wherever_it_runs()
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync(new byte[1000], Patience.Token());
        await client.Input.ReadAtLeastAsync(1000, Patience.Token());
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var software = await control.GetTcpStatisticsAsync(id, Patience.Token());
        Assert.Equal(((byte)1, 1000L, 1000L), (software.State, software.BytesReceived, software.RcvMss));
        Assert.Contains("\"tcpi_snd_cwnd\":", JsonSerializer.Serialize(software, ControlJson.Plain.TcpStatistics));

        await control.OffloadAsync(id, "toe", Patience.Token());
        Assert.Equal(((byte)1, 1000L),
            await control.GetTcpStatisticsAsync(id, Patience.Token()) is var toe ? (toe.State, toe.BytesReceived) : default);
        var error = await Assert.ThrowsAsync<CommandException>(() => control.GetTcpStatisticsAsync("no-such", Patience.Token()));
        Assert.Contains("no-such", error.Message);
    }

    [Fact]
    public void Problems_are_written_with_plain_apostrophes()
    {
        var problem = new ControlProblem("about:blank", "title", 409, "it isn't there", "");
        Assert.Contains("isn't", JsonSerializer.Serialize(problem, ControlJson.Plain.ControlProblem));
    }

    [Fact]
    public async Task An_unknown_connection_is_refused_with_what_to_do()
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        var error = await Assert.ThrowsAsync<CommandException>(() => control.GetConnectionAsync("no-such", Patience.Token()));
        Assert.Contains("no-such", error.Message);
        Assert.Contains("actorstack connections", error.WhatToDo);
        Assert.Equal(ExitCodes.Refused, error.ExitCode);
    }

    [Theory]
    [InlineData("GET", "no-such", null, null, "Not Found: There is no operation GET /no-such.", "POST /connections/{id}/offload")]
    [InlineData("GET", "connections/1-1/offload", null, null, "Method Not Allowed: /connections/1-1/offload does not take GET.",
        "Send POST")]
    [InlineData("POST", Offload, "engine=toe", "application/x-www-form-urlencoded", "Unsupported Media Type: ",
        "Content-Type: application/json")]
    [InlineData("POST", Offload, "{", Json, "Bad Request: ", "a JSON object")]
    [InlineData("POST", Offload, "{ \"engine\": 7 }", Json, "$.engine", "a JSON object")]
    [InlineData("POST", Offload, "", Json, "No engine named: ", "toe")]
    [InlineData("POST", Offload, "null", Json, "No engine named: ", "toe")]
    [InlineData("POST", Offload, null, null, "No engine named: ", "toe")]
    [InlineData("POST", "connections/1-1/handoff", "{}", Json, "No node named: ", "actorstack nodes")]
    [InlineData("POST", "connections/1-1/handoff", "{ \"node\": 7 }", Json, "$.node", "a JSON object")]
    [InlineData("POST", "drain", "{ \"limitSeconds\": 301 }", Json, "Limit out of range: ", "from 0 to 300 s")]
    [InlineData("POST", "balance", "{}", Json, "Unknown node: this node is in no cluster", "nodes of one cluster")]
    [InlineData("GET", "connections?cluster=true", null, null, "Unknown node: this node is in no cluster", "its own connections")]
    [InlineData("POST", "drain", "{}", Json, "Unknown node: this node is in no cluster", "nodes of one cluster")]
    [InlineData("POST", "toe/faults", null, null, "not provided from body", "a JSON object")]
    [InlineData("POST", "toe/faults", "{ \"refuseNext\": \"whim\" }", Json, "$.refuseNext", "a JSON object")]
    [InlineData("GET", "connections?ended=maybe", null, null, "maybe", "Correct")]
    [InlineData("GET", "failing", null, null, "Internal Server Error: on purpose", "log")]
    public async Task What_the_web_framework_refuses_is_a_problem_with_what_to_do_too(
        string method, string path, string? body, string? contentType, string message, string whatToDo)
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        using var content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue(contentType!));
        var error = await Assert.ThrowsAsync<CommandException>(
            () => control.SendAsync(
                new HttpMethod(method), path, content, ControlJson.Default.StackStatistics, Patience.Token()));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(whatToDo, error.WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_engine_is_refused_with_what_to_do()
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        await host.ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var error = await Assert.ThrowsAsync<CommandException>(() => control.OffloadAsync(id, "no-such", Patience.Token()));
        Assert.Contains("no-such", error.Message);
        Assert.NotEmpty(error.WhatToDo);
    }

    [Fact]
    public async Task A_handoff_without_a_cluster_is_refused_with_the_reason()
    {
        await using var host = await StartAsync();
        using var control = new ControlClient(Path);
        await host.ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var error = await Assert.ThrowsAsync<CommandException>(() => control.HandOffAsync(id, "b", Patience.Token()));
        Assert.Contains("cannot leave this process, because the stack has no cluster", error.Message);
        Assert.NotEmpty(error.WhatToDo);
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone_and_goes_with_the_service()
    {
        await using (await StartAsync())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        }

        Assert.False(File.Exists(Path));
        using var control = new ControlClient(Path);
        var error = await Assert.ThrowsAsync<CommandException>(() => control.GetStatisticsAsync(Patience.Token()));
        Assert.Equal(ExitCodes.NoService, error.ExitCode);
        Assert.Contains("actorstack serve", error.WhatToDo);
    }

    [Fact]
    public async Task The_socket_of_a_dead_service_is_replaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Bound and never listened on: nobody answers there.
            dead.Bind(new UnixDomainSocketEndPoint(Path));
            await using var host = await StartAsync();
            using var control = new ControlClient(Path);
            Assert.Empty(await control.ListConnectionsAsync(ended: false, Patience.Token()));
        }
    }

    [Fact]
    public async Task The_socket_of_a_living_service_is_left_alone()
    {
        await using var host = await StartAsync();
        var error = await Assert.ThrowsAsync<StackStartException>(StartAsync);
        Assert.Contains("in use", error.Message);
        using var control = new ControlClient(Path);
        Assert.Empty(await control.ListConnectionsAsync(ended: false, Patience.Token()));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(Path, "precious", Patience.Token());
        var error = await Assert.ThrowsAsync<StackStartException>(StartAsync);
        Assert.Contains("no socket", error.Message);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path, Patience.Token()));
    }

    private Task<MemoryHost> StartAsync() => MemoryHost.StartAsync(stack =>
    {
        stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port).AddControlSocket(Path);
        stack.Services.AddSingleton<IControlEndpoints, ToeFaultsEndpoint>().AddSingleton<IControlEndpoints, FailingEndpoint>();
    });

    private sealed class FailingEndpoint : IControlEndpoints
    {
        public void Map(RouteGroupBuilder group) =>
            group.MapGet("/failing", StackStatistics () => throw new InvalidOperationException("on purpose"));
    }
}
