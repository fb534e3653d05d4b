using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Hosting.Control;
using ActorStack.Transport.State;

namespace ActorStack.CommandLine.Operate;

/// <summary>
/// The client of a running service's control API. Where the service refuses a request, the client throws
/// <see cref="CommandException"/> with the service's own message.
/// </summary>
internal sealed class ControlClient : IDisposable
{
    private readonly string _path;
    private readonly HttpClient _http;

    public ControlClient(string path)
    {
        _path = Path.GetFullPath(path);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://actorstack/"), Timeout = TimeSpan.FromMinutes(10) };
    }

    public Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Get, $"connections?ended={(ended ? "true" : "false")}", null,
            ControlJson.Default.IReadOnlyListConnectionSnapshot, cancellation);

    public Task<IReadOnlyList<NodeConnections>> ListClusterConnectionsAsync(CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Get, "connections?cluster=true", null, ControlJson.Default.IReadOnlyListNodeConnections, cancellation);

    public Task<ConnectionSnapshot> GetConnectionAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Of(id), null, ControlJson.Default.ConnectionSnapshot, cancellation);

    public Task<TcpStatistics> GetTcpStatisticsAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{Of(id)}/tcp-info", null, ControlJson.Default.TcpStatistics, cancellation);

    public Task<TraceAnswer> TraceAsync(string id, bool on, CancellationToken cancellation) =>
        SendAsync(
            on ? HttpMethod.Post : HttpMethod.Delete, $"{Of(id)}/trace", null, ControlJson.Default.TraceAnswer, cancellation);

    public Task<MigrationRecord> OffloadAsync(string id, string engine, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{Of(id)}/offload",
            JsonContent.Create(new OffloadRequest(engine), ControlJson.Default.OffloadRequest),
            ControlJson.Default.MigrationRecord, cancellation);

    public Task<MigrationRecord> UploadAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{Of(id)}/upload", null, ControlJson.Default.MigrationRecord, cancellation);

    public Task<MigrationRecord> HandOffAsync(string id, string node, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{Of(id)}/handoff",
            JsonContent.Create(new HandOffRequest(node), ControlJson.Default.HandOffRequest),
            ControlJson.Default.MigrationRecord, cancellation);

    public Task<StackProtocol.Drained> DrainAsync(DrainRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "drain", JsonContent.Create(request, ControlJson.Default.DrainRequest),
            ControlJson.Default.Drained, cancellation);

    public Task<StackProtocol.Drained> BalanceAsync(BalanceRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "balance", JsonContent.Create(request, ControlJson.Default.BalanceRequest),
            ControlJson.Default.Drained, cancellation);

    public Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{Of(id)}/migrations", null, ControlJson.Default.IReadOnlyListMigrationRecord, cancellation);

    public Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "nodes", null, ControlJson.Default.IReadOnlyListNodeSnapshot, cancellation);

    public Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "stats", null, ControlJson.Default.StackStatistics, cancellation);

    /// <summary>Injects faults into the emulated TOE.</summary>
    public async Task InjectAsync(ToeFaultsRequest faults, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "toe/faults")
        {
            Content = JsonContent.Create(faults, ControlJson.Default.ToeFaultsRequest),
        };
        using var response = await ConnectAsync(request, cancellation);
        if (!response.IsSuccessStatusCode) throw await RefusalAsync(response, cancellation);
    }

    public void Dispose() => _http.Dispose();

    public async Task<T> SendAsync<T>(
        HttpMethod method, string uri, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        using var response = await ConnectAsync(request, cancellation);
        if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
        throw await RefusalAsync(response, cancellation);
    }

    private async Task<HttpResponseMessage> ConnectAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException error) when (
            error.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new CommandException(
                $"The control socket {_path} is not yours.", "Run as the user who runs the service.", ExitCodes.NoService);
        }
        catch (HttpRequestException error) when (error.InnerException is SocketException or IOException)
        {
            throw new CommandException(
                $"No service answers at the control socket {_path}.",
                "Start one with `actorstack serve`, or name its socket with --control.", ExitCodes.NoService);
        }
    }

    private static async Task<CommandException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            var reason = response.StatusCode == HttpStatusCode.NotFound ? "It has no such operation here." : "Its log says more.";
            return new CommandException($"The service answered {(int)response.StatusCode}.", reason, ExitCodes.Refused);
        }

        var problem = (await response.Content.ReadFromJsonAsync(ControlJson.Default.ControlProblem, cancellation))!;
        var message = $"{problem.Title}: {problem.Detail}";
        return problem.Migration is { } migration
            ? new RolledBackException(message, problem.WhatToDo, migration)
            : new CommandException(message, problem.WhatToDo, ExitCodes.Refused);
    }

    private static string Of(string id) => $"connections/{Uri.EscapeDataString(id)}";
}
