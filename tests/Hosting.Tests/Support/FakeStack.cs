using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.State;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>A stack of which a test decides what it answers.</summary>
internal sealed class FakeStack : IActorStack
{
    private int _lists;

    public IReadOnlyList<string> Engines { get; set; } = ["kernel", "toe"];

    public IReadOnlyList<IPAddress> Addresses { get; } = [IPAddress.Parse("10.9.0.1")];

    public IReadOnlyList<ConnectionSnapshot> Connections { get; set; } = [];

    /// <summary>How often the connections were listed.</summary>
    public int Lists => Volatile.Read(ref _lists);

    public IReadOnlyList<NodeSnapshot> Nodes { get; set; } = [NodeSnapshot.Alone("a", 0)];

    public StackStatistics Statistics { get; set; } = new(
        0, 0, 0, 0, 0, 0, 0, 0, 0, new Dictionary<string, int>(), new Dictionary<string, long>(),
        new Dictionary<string, long>(), 0, new Dictionary<string, long>(), new Dictionary<string, long>(),
        new Dictionary<string, LimitUse>(), new Dictionary<string, long>());

    public bool IsRunning { get; init; } = true;

    /// <summary>What a move is refused with; null: none is tried.</summary>
    public ActorStackException? Refusal { get; set; }

    public static ConnectionSnapshot Connection(int number, string remote) => new(
        $"a-1-{number}", "10.9.0.1:443", remote, TcpState.Established, "Software", "software", number, 2L * number,
        100 + (number % 1_000), 14_600, uint.MaxValue, number % 7, 1, 0, number, null);

    public Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _lists);
        return Task.FromResult(Connections);
    }

    public Task<IReadOnlyList<NodeConnections>> ListClusterConnectionsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NodeConnections>>([new NodeConnections(Nodes[0].Name, Connections, null)]);

    public Task<ConnectionSnapshot> GetConnectionAsync(string id, CancellationToken cancellation) =>
        Connections.FirstOrDefault(one => one.Id == id) is { } found
            ? Task.FromResult(found)
            : throw new ActorStackException(FailureCode.UnknownConnection, $"there is no connection '{id}'");

    public Task<TcpStatistics> GetTcpStatisticsAsync(string id, CancellationToken cancellation) =>
        Task.FromResult(new TcpStatistics { State = 1, SndCwnd = 10, SndMss = 1_460 });

    public Task<MigrationRecord> OffloadAsync(string id, string engine, CancellationToken cancellation) => throw Refused();

    public Task<MigrationRecord> UploadAsync(string id, CancellationToken cancellation) => throw Refused();

    public Task<MigrationRecord> HandOffAsync(string id, string node, CancellationToken cancellation) => throw Refused();

    public Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<MigrationRecord>>([]);

    public Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation) => Task.FromResult(Nodes);

    public Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation) => IsRunning
        ? Task.FromResult(Statistics)
        : throw new ActorStackException(FailureCode.Stopping, "The stack is not running.");

    public Task<ConnectionListener> ListenAsync(
        string name, IPEndPoint endPoint, ListenerOptions? options, CancellationToken cancellation) => throw Refused();

    public Task<ConnectionContext> ConnectAsync(
        IPEndPoint remote, ConnectOptions? options, CancellationToken cancellation) => throw Refused();

    public Task<string> TraceAsync(string id, bool on, CancellationToken cancellation) => throw Refused();

    public Task<StackProtocol.Drained> DrainAsync(DrainOptions options, CancellationToken cancellation) => throw Refused();

    public Task<StackProtocol.Drained> BalanceAsync(string? node, CancellationToken cancellation) => throw Refused();

    private ActorStackException Refused() => Refusal ?? new ActorStackException(FailureCode.NotNow, "not in this test");
}
