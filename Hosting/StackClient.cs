using System.Net;
using System.Net.Sockets;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Akka.Configuration;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.Hosting;

/// <summary>
/// <see cref="IActorStack"/> by messages to the actor of a stack. A derived class knows how the actor is asked, and for how long
/// an answer is awaited.
/// </summary>
internal abstract class StackClient : IActorStack
{
    private static readonly TimeSpan BalanceLimit = TimeSpan.FromSeconds(30);

    public abstract IReadOnlyList<string> Engines { get; }

    public abstract IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>The name of the node; empty where the stack does not run.</summary>
    protected abstract string Node { get; }

    /// <summary>The configuration of the actor system.</summary>
    protected abstract Config Config { get; }

    /// <summary>The socket options of connections that name none.</summary>
    /// <exception cref="ActorStackException">The stack does not run.</exception>
    protected abstract SocketOptions DefaultOptions { get; }

    public async Task<ConnectionListener> ListenAsync(
        string name, IPEndPoint endPoint, ListenerOptions? options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(endPoint);
        var settings = (options ?? new ListenerOptions()).ToSettings(name, endPoint.Port, Config, DefaultOptions);
        if (!endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any))
            settings = settings with { Address = IpAddress.From(endPoint.Address) };
        var listening = await ListenAsync(settings, cancellation);
        var accepted = listening.Accepted!;
        return new ConnectionListener(
            name, new IPEndPoint(endPoint.Address, listening.Port), this, accepted, () => UnbindAsync(accepted));
    }

    public async Task<ConnectionContext> ConnectAsync(
        IPEndPoint remote, ConnectOptions? options, CancellationToken cancellation)
    {
        var settings = new ConnectSettings(new TcpEndpoint(IpAddress.From(remote.Address), (ushort)remote.Port))
        {
            LocalAddress = options?.Local is { } local ? IpAddress.From(local.Address) : null,
            LocalPort = (ushort)(options?.Local?.Port ?? 0),
            Options = options?.Socket?.Invoke(DefaultOptions),
            FirstData = options?.FirstData ?? default,
            Service = options?.Connector,
            State = options?.State ?? default,
            Cancellation = cancellation,
        };

        // The stack handles the cancellation, because a connection that is established in spite of it would have no owner to
        // end it.
        return await AnswerWhileRunningAsync(new StackProtocol.Connect(settings)) switch
        {
            StackProtocol.Connected connected => new StackConnection(connected.Connection, this),
            StackProtocol.ConnectFailed when cancellation.IsCancellationRequested =>
                throw new OperationCanceledException(cancellation),
            StackProtocol.ConnectFailed failed => throw new SocketException((int)failed.Error, failed.Message),
            var other => throw Unexpected(nameof(StackProtocol.Connect), other),
        };
    }

    public async Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(ended), cancellation)).Connections;

    public async Task<IReadOnlyList<NodeConnections>> ListClusterConnectionsAsync(CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.ClusterConnectionList>(StackProtocol.ListClusterConnections.Instance, cancellation)).Nodes;

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
            new StackProtocol.Drain(options.Node, options.Limit, options.Refuses), cancellation, options.Limit);

    public Task<StackProtocol.Drained> BalanceAsync(string? node, CancellationToken cancellation) =>
        AskAsync<StackProtocol.Drained>(new StackProtocol.Balance(node, BalanceLimit), cancellation, BalanceLimit);

    public async Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation) =>
        (await AskAsync<StackProtocol.MigrationList>(new StackProtocol.GetMigrations(Whole(id)), cancellation)).Migrations;

    public abstract Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation);

    public Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation) =>
        AskAsync<StackStatistics>(StackProtocol.GetStatistics.Instance, cancellation);

    protected abstract Task<StackProtocol.Listening> ListenAsync(ListenerSettings settings, CancellationToken cancellation);

    protected abstract Task UnbindAsync(AcceptedConnections accepted);

    /// <summary>Asks the stack for something that has its own limit, or none.</summary>
    /// <exception cref="ActorStackException">The stack does not run, or ends before it answers.</exception>
    protected abstract Task<object> AnswerWhileRunningAsync(object question);

    /// <summary>Asks the stack, and awaits the answer for a limited time.</summary>
    /// <param name="question">A message of its protocol.</param>
    /// <param name="work">The time that the stack may need beside the time for an answer.</param>
    /// <param name="cancellation">Ends the wait; what was asked may still be done.</param>
    protected abstract Task<object> AnswerAsync(object question, TimeSpan work, CancellationToken cancellation);

    protected async Task<T> AskAsync<T>(object question, CancellationToken cancellation, TimeSpan work = default) =>
        await AnswerAsync(question, work, cancellation) switch
        {
            T answer => answer,
            StackProtocol.Failed failed => throw new ActorStackException(failed.Code, failed.Message, failed.WhatToDo),
            Akka.Actor.Status.Failure failure =>
                throw new InvalidOperationException("The stack failed to answer.", failure.Cause),
            var other => throw Unexpected(question.GetType().Name, other),
        };

    /// <summary>Completes an id: people may leave out the node of a connection that this node opened.</summary>
    private string Whole(string id) => new ConnectionId(id).On(Node).Value;

    private static InvalidOperationException Unexpected(string question, object answer) =>
        new($"The stack answered {question} with {answer.GetType().Name}.");
}
