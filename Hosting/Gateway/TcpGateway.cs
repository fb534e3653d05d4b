using System.Net;
using System.Net.Sockets;
using ActorStack.Hosting.Gateway.Hello;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// One gateway: it serves the connections of clients and those to backends, and joins them in pairs. Both are movable, so that
/// they go to another process or node together.
/// </summary>
/// <param name="name">The name of the gateway.</param>
/// <param name="stack">Opens the connections to backends.</param>
/// <param name="pairs">The pairs at this node.</param>
/// <param name="backends">The backends.</param>
/// <param name="settings">The settings, which may change at any time.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Tells which backends fail.</param>
internal sealed class TcpGateway(
    string name, IActorStack stack, PairRegistry pairs, BackendPool backends, Func<GatewaySettings> settings, TimeProvider time,
    ILogger<TcpGateway> logger)
{
    /// <summary>The backends that are tried for one client.</summary>
    private const int MostTries = 3;

    public string Name => name;

    /// <summary>The name of the service of the connections to backends.</summary>
    public static string ConnectorOf(string gateway) => $"{gateway}.backends";

    public GatewayCounters Counters { get; } = new();

    public GatewayLimits Limits { get; } = new();

    public BackendPool Backends => backends;

    public PairRegistry Pairs => pairs;

    public GatewaySettings Settings => settings();

    /// <summary>Serves the connection of a client: one that is new, or one that comes from another node with its state.</summary>
    public async Task ServeClientAsync(ConnectionContext client)
    {
        if (!PairState.TryRead(client.State.Span, out var state))
        {
            await BeginAsync(client);
            return;
        }

        Limits.Enter(state.Source);
        try
        {
            await ServeAsync(GatewaySide.Client, client, state);
        }
        finally
        {
            Limits.Leave(state.Source);
        }
    }

    /// <summary>Serves a client that is new: admits it, opens the connection to its backend, and joins both.</summary>
    private async Task BeginAsync(ConnectionContext client)
    {
        var (greeting, refusal) = await Greeting.ReadAsync(client, Settings, time);
        if (refusal is { } bad) Refuse(client, bad, $"gateway {name} expects another beginning: {bad}");
        else if (greeting is null && client.IsLeaving) client.Leave(); // a new client at the other node
        if (greeting is null) return;
        var source = greeting.Source ?? (IPEndPoint)client.RemoteEndPoint!;
        if (Limits.TryEnter(source.Address, Settings) is { } limit)
        {
            Refuse(client, limit, $"a limit of gateway {name} is reached: {limit}");
            return;
        }

        try
        {
            Counters.Accept();
            var state = new PairState(client.ConnectionId, source.Address);
            if (!await TryConnectAsync(client, state, greeting, source)) return;
            await SkipAsync(client, greeting.HeaderLength);
            await ServeAsync(GatewaySide.Client, client, state);
        }
        finally
        {
            Limits.Leave(source.Address);
        }
    }

    /// <summary>Consumes what is not for the backend. It has come already.</summary>
    private static async Task SkipAsync(ConnectionContext client, int count)
    {
        if (count == 0) return;
        var read = await client.Transport.Input.ReadAsync();
        client.Transport.Input.AdvanceTo(read.Buffer.GetPosition(count));
    }

    /// <summary>Serves a connection to a backend, which begins with its state wherever it begins.</summary>
    public async Task ServeBackendAsync(ConnectionContext backend)
    {
        if (!PairState.TryRead(backend.State.Span, out var state))
            throw new InvalidOperationException($"connection {backend.ConnectionId} to a backend has no state");
        var chosen = backends.Find((IPEndPoint)backend.RemoteEndPoint!);
        chosen?.Enter();
        try
        {
            await ServeAsync(GatewaySide.Backend, backend, state);
        }
        finally
        {
            chosen?.Leave();
        }
    }

    /// <summary>Serves one half of a pair until the pair ends, or the half leaves.</summary>
    private async Task ServeAsync(GatewaySide side, ConnectionContext connection, PairState state)
    {
        var pair = pairs.Enter(state.Pair);
        try
        {
            while (true)
            {
                var end = await pair.JoinAsync(side, connection, Settings.PartnerTimeout);
                if (end is RelayEnd.Idle)
                {
                    connection.Abort(new ConnectionAbortedException($"gateway {name}: no byte came for the idle timeout"));
                    if (side is GatewaySide.Client) Counters.Refuse(GatewayRefusal.Idle);
                }

                if (end is not RelayEnd.Interrupted) return;
                if (!connection.IsLeaving) continue;
                pair.Leave(side, connection.LeavingTo);
                connection.Leave(state.Write());
                return;
            }
        }
        catch (TimeoutException)
        {
            Refuse(connection, GatewayRefusal.PartnerLost, $"gateway {name}: the other half of the connection did not come");
        }
        finally
        {
            pairs.Leave(state.Pair);
        }
    }

    /// <summary>Opens the connection to a backend. False: the client was refused, or is to leave before it has one.</summary>
    private async Task<bool> TryConnectAsync(ConnectionContext client, PairState state, Greeting greeting, IPEndPoint source)
    {
        var among = Settings.BackendsFor(greeting);
        var options = OptionsOf(state, source, (IPEndPoint)client.LocalEndPoint!);
        var tried = new List<Backend>();
        while (tried.Count < MostTries && backends.Choose(among, Settings.Balance, state.Source, tried) is { } backend)
        {
            if (await TryConnectAsync(client, options, backend)) return true;
            if (client.IsLeaving)
            {
                client.Leave(); // a new client at the other node
                return false;
            }

            if (client.ConnectionClosedRequested.IsCancellationRequested) return false;
            tried.Add(backend);
        }

        if (among.Count == 0) Refuse(client, GatewayRefusal.NoRoute, $"gateway {name} has no route for the client");
        else if (tried.Count == 0) Refuse(client, GatewayRefusal.NoBackend, $"gateway {name} has no backend that is up");
        else Refuse(client, GatewayRefusal.BackendsFailed, $"gateway {name}: {tried.Count} backends did not take the connection");
        return false;
    }

    private async Task<bool> TryConnectAsync(ConnectionContext client, ConnectOptions options, Backend backend)
    {
        using var late = new CancellationTokenSource(Settings.ConnectTimeout, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(
            late.Token, client.Leaving, client.ConnectionClosedRequested);
        backend.Enter();
        try
        {
            await stack.ConnectAsync(backend.EndPoint, options, given.Token);
            backend.NoteOpened();
            return true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            if (error is OperationCanceledException && !late.IsCancellationRequested) return false;
            backend.NoteFailure();
            logger.BackendRefused(
                name, backend.EndPoint, error is SocketException ? error.Message : "no answer in time");
            return false;
        }
        finally
        {
            backend.Leave();
        }
    }

    private ConnectOptions OptionsOf(PairState state, IPEndPoint source, IPEndPoint destination) => new()
    {
        Local = Settings.Source is { } local ? new IPEndPoint(local, 0) : null,
        FirstData = Settings.SendProxy is var version and not ProxyProtocolVersion.None
            ? ProxyHeader.Write(version, source, destination)
            : default(ReadOnlyMemory<byte>),
        Connector = ConnectorOf(name),
        State = state.Write(),
    };

    private void Refuse(ConnectionContext connection, GatewayRefusal reason, string text)
    {
        Counters.Refuse(reason);
        connection.Abort(new ConnectionAbortedException(text));
    }
}
