using System.Net;
using System.Net.Sockets;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Hosting;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Configuration;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.TestKit.Driver;

/// <summary>The stack of a node as its handlers get it from dependency injection.</summary>
/// <param name="node">The node in its cluster.</param>
/// <param name="settings">The settings of the stack.</param>
/// <param name="config">The configuration of the actor system.</param>
internal sealed class NodeStack(SimulatedNode node, StackSettings settings, Config config) : IActorStack
{
    private static readonly TimeSpan BalanceLimit = TimeSpan.FromSeconds(30);

    /// <summary>The actor of the stack, once it has started.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public IReadOnlyList<string> Engines => [.. settings.Engines.Select(engine => engine.Name)];

    public IReadOnlyList<IPAddress> Addresses => [.. settings.Addresses.Select(address => address.ToIPAddress())];

    public async Task<ConnectionListener> ListenAsync(
        string name, IPEndPoint endPoint, ListenerOptions? options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(endPoint);
        var listener = (options ?? new ListenerOptions()).ToSettings(name, endPoint.Port, config, settings.Tcp.Options);
        if (!endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any))
            listener = listener with { Address = IpAddress.From(endPoint.Address) };
        var listening = await AskAsync<StackProtocol.Listening>(new StackProtocol.Listen(listener), cancellation);
        var accepted = listening.Accepted!;
        return new ConnectionListener(
            name, new IPEndPoint(endPoint.Address, listening.Port), this, accepted,
            () => AskAsync<StackProtocol.Unbound>(new StackProtocol.Unbind(accepted), CancellationToken.None));
    }

    public async Task<ConnectionContext> ConnectAsync(
        IPEndPoint remote, ConnectOptions? options, CancellationToken cancellation)
    {
        var connect = new ConnectSettings(new TcpEndpoint(IpAddress.From(remote.Address), (ushort)remote.Port))
        {
            LocalAddress = options?.Local is { } local ? IpAddress.From(local.Address) : null,
            LocalPort = (ushort)(options?.Local?.Port ?? 0),
            Options = options?.Socket?.Invoke(settings.Tcp.Options),
            FirstData = options?.FirstData ?? default,
            Cancellation = cancellation,
        };

        // The stack handles the cancellation, because a connection that is established in spite of it would have no owner to
        // end it.
        var question = new StackProtocol.Connect(connect);
        return await Actor.Ask<object>(question, Timeout.InfiniteTimeSpan, CancellationToken.None) switch
        {
            StackProtocol.Connected connected => new StackConnection(connected.Connection, this),
            StackProtocol.ConnectFailed when cancellation.IsCancellationRequested =>
                throw new OperationCanceledException(cancellation),
            StackProtocol.ConnectFailed failed => throw new SocketException((int)failed.Error, failed.Message),
            var other => throw Unexpected(other),
        };
    }

    public async Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(ended), cancellation)).Connections;

    public async Task<IReadOnlyList<NodeConnections>> ListClusterConnectionsAsync(CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.ClusterConnectionList>(
            StackProtocol.ListClusterConnections.Instance, cancellation)).Nodes;

    public Task<ConnectionSnapshot> GetConnectionAsync(string id, CancellationToken cancellation) =>
        AskAsync<ConnectionSnapshot>(new StackProtocol.GetConnection(Whole(id)), cancellation);

    public Task<TcpStatistics> GetTcpStatisticsAsync(string id, CancellationToken cancellation) =>
        AskAsync<TcpStatistics>(new StackProtocol.GetTcpStatistics(Whole(id)), cancellation);

    public async Task<string> TraceAsync(string id, bool on, CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.Tracing>(new StackProtocol.Trace(Whole(id), on), cancellation)).Path;

    public Task<MigrationRecord> OffloadAsync(string id, string engine, CancellationToken cancellation) =>
        AskAsync<MigrationRecord>(new StackProtocol.Offload(Whole(id), engine), cancellation);

    public Task<MigrationRecord> UploadAsync(string id, CancellationToken cancellation) =>
        AskAsync<MigrationRecord>(new StackProtocol.Upload(Whole(id)), cancellation);

    public Task<MigrationRecord> HandOffAsync(string id, string node, CancellationToken cancellation) =>
        AskAsync<MigrationRecord>(new StackProtocol.HandOff(Whole(id), node), cancellation);

    public Task<StackProtocol.Drained> DrainAsync(DrainOptions options, CancellationToken cancellation) =>
        AskAsync<StackProtocol.Drained>(
            new StackProtocol.Drain(options.Node, options.Limit, options.Refuses), cancellation);

    public Task<StackProtocol.Drained> BalanceAsync(string? node, CancellationToken cancellation) =>
        AskAsync<StackProtocol.Drained>(new StackProtocol.Balance(node, BalanceLimit), cancellation);

    public async Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.MigrationList>(new StackProtocol.GetMigrations(Whole(id)), cancellation)).Migrations;

    public Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NodeSnapshot>>(
            [.. node.Nodes.Select(one => new NodeSnapshot(
                one.Name, one.Incarnation, one.Address, "up", node.ConnectionsOf(one.Name), one.Name == node.Self))]);

    public Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation) =>
        AskAsync<StackStatistics>(StackProtocol.GetStatistics.Instance, cancellation);

    private string Whole(string id) => new ConnectionId(id).On(settings.Node).Value;

    private async Task<T> AskAsync<T>(object question, CancellationToken cancellation) =>
        await Actor.Ask<object>(question, Timeout.InfiniteTimeSpan, cancellation) switch
        {
            T answer => answer,
            StackProtocol.Failed failed => throw new ActorStackException(failed.Code, failed.Message, failed.WhatToDo),
            var other => throw Unexpected(other),
        };

    private static InvalidOperationException Unexpected(object answer) =>
        new($"The stack answered with {answer.GetType().Name}.");
}
