using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// The two connections that a gateway joins, as far as they are at this node. Each is served by a handler of its own, which joins
/// the pair. When both have joined, a relay runs. When one of them is to move, the relay stops, that one leaves, and the other
/// one waits: until its partner comes back, or until it follows to the same node. Data waits in the connections meanwhile.
/// </summary>
/// <param name="stack">Hands a connection to the node of its partner.</param>
/// <param name="time">The clock.</param>
internal sealed class GatewayPair(IActorStack stack, TimeProvider time)
{
    /// <summary>The time between two attempts to follow the partner. The stack itself moves both at once, as a rule.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly string?[] _places = new string?[2];
    private Round _round = new();

    /// <summary>The halves at this node. The registry of pairs counts them.</summary>
    public int Halves { get; set; }

    /// <summary>The relay that runs; null: none does.</summary>
    public Relay? Relay => Volatile.Read(ref _round).Relay;

    /// <summary>Joins a half, and returns when the relay has stopped.</summary>
    /// <param name="side">Which half it is.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="limit">The longest wait for the partner.</param>
    /// <exception cref="TimeoutException">The partner did not come.</exception>
    /// <exception cref="OperationCanceledException">The half waited, and its service stops.</exception>
    /// <exception cref="SocketException">A connection was lost.</exception>
    /// <exception cref="IOException">A connection was lost.</exception>
    public async Task<RelayEnd> JoinAsync(GatewaySide side, ConnectionContext connection, TimeSpan limit)
    {
        var round = Enter(side, connection);
        if (!round.Begun.Task.IsCompleted && !await TryAwaitAsync(round, side, connection, limit)) return RelayEnd.Interrupted;
        return await round.End.Task;
    }

    /// <summary>Notes where a half goes, so that the other one can follow it.</summary>
    public void Leave(GatewaySide side, string? node)
    {
        lock (_gate) _places[(int)side] = node;
    }

    private Round Enter(GatewaySide side, ConnectionContext connection)
    {
        Round round;
        lock (_gate)
        {
            round = _round;
            _places[(int)side] = null;
            round.Halves[(int)side] = connection;
            if (round.Halves is not [{ } client, { } backend]) return round;
            Tie(client, backend);
            round.Relay = new Relay(client, backend, time);
        }

        _ = RunAsync(round, round.Relay);
        round.Begun.SetResult();
        return round;
    }

    /// <summary>Waits for the partner. False: the half has withdrawn, because it is to leave.</summary>
    private async Task<bool> TryAwaitAsync(Round round, GatewaySide side, ConnectionContext connection, TimeSpan limit)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(
            connection.Leaving, connection.ConnectionClosedRequested);
        using var alone = CancellationTokenSource.CreateLinkedTokenSource(interrupted.Token);
        var follows = FollowAsync(side, connection, alone.Token);
        try
        {
            await round.Begun.Task.WaitAsync(limit, time, interrupted.Token);
            return true;
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            if (!TryWithdraw(round, side)) return true; // the partner came in this moment
            if (!connection.IsLeaving) throw;
            return false;
        }
        finally
        {
            await alone.CancelAsync();
            await follows;
        }
    }

    /// <summary>Lets the stack move both connections together.</summary>
    private static void Tie(ConnectionContext client, ConnectionContext backend)
    {
        client.Companion = backend.ConnectionId;
        backend.Companion = client.ConnectionId;
    }

    private async Task RunAsync(Round round, Relay relay)
    {
        try
        {
            var end = await relay.RunAsync();
            Volatile.Write(ref _round, new Round());
            round.End.SetResult(end);
        }
        catch (Exception lost)
        {
            Volatile.Write(ref _round, new Round());
            round.End.SetException(lost);
        }
    }

    private bool TryWithdraw(Round round, GatewaySide side)
    {
        lock (_gate)
        {
            if (round.Relay is not null) return false;
            round.Halves[(int)side] = null;
            return true;
        }
    }

    /// <summary>Hands a half that waits to the node of its partner, again and again, until it no longer waits.</summary>
    private async Task FollowAsync(GatewaySide side, ConnectionContext connection, CancellationToken alone)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, time, alone);
                string? node;
                lock (_gate) node = _places[1 - (int)side];
                if (node is not null) await TryHandOffAsync(connection.ConnectionId, node, alone);
            }
        }
        catch (OperationCanceledException)
        {
            // The half no longer waits.
        }
    }

    private async Task TryHandOffAsync(string id, string node, CancellationToken alone)
    {
        try
        {
            await stack.HandOffAsync(id, node, alone);
        }
        catch (ActorStackException)
        {
            // It moves already, the node is gone, or the stack ends. The time limit of the wait decides.
        }
    }

    /// <summary>The time from the arrival of the first half to the end of the relay.</summary>
    private sealed class Round
    {
        private Relay? _relay;

        public ConnectionContext?[] Halves { get; } = new ConnectionContext?[2];

        public Relay? Relay { get => Volatile.Read(ref _relay); set => Volatile.Write(ref _relay, value); }

        /// <summary>Both halves have joined.</summary>
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<RelayEnd> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
