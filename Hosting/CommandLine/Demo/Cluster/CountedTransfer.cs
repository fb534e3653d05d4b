using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>
/// A transfer of at least so many bytes in each direction over one connection, which goes from node to node so often, at equal
/// steps of its bytes or later. Each sender counts the segments that it puts onto the wire again: the client's kernel in the
/// counters of its network namespace, which has no other connection, and the nodes in the state that travels with the connection.
/// Both counts are read just before each move, and again some time after it. The transfer ends when all of it is done.
/// </summary>
internal sealed class CountedTransfer(ClusterLaboratory lab, int moves, long bytes)
{
    private const int MostRefusals = 10;

    /// <summary>The least retransmission timeout of Linux: what a move causes has happened then.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Names = ["a", "b", "c"];

    public static async Task<CountedOutcome> RunAsync(int moves, long bytes, CancellationToken cancellation)
    {
        using var lab = new ClusterLaboratory(Names);
        AnsiConsole.WriteLine("Three nodes join a cluster ...");
        await lab.StartAsync(cancellation);
        return await new CountedTransfer(lab, moves, bytes).RunAsync(cancellation);
    }

    public async Task<CountedOutcome> RunAsync(CancellationToken cancellation)
    {
        var before = KernelCounters.Read(lab.Client);
        using var client = await lab.StartClientAsync("transfer", Ports.Transfer, [], cancellation);
        var id = (await lab.EstablishedAsync(lab.Names[0], cancellation)).Single().Id;
        AnsiConsole.MarkupLineInterpolated(
            $"Connection [bold]{id}[/] carries {Units.Bytes(bytes)} each way and moves {moves} times ...");
        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, cancellation);
        var counted = new List<CountedMove>();
        var owner = lab.Names[0];
        while (counted.Count < moves
            && await CarriedAsync(owner, id, bytes / moves * counted.Count, transfer, cancellation) is { } connection)
        {
            if (await TryMoveAsync(owner, connection, transfer, cancellation) is not { } move) break;
            counted.Add(move);
            owner = lab.After(owner);
        }

        await CarriedAsync(owner, id, bytes, transfer, cancellation);
        await client.TellAsync("stop", cancellation);
        var result = await transfer;
        var kernel = KernelCounters.Read(lab.Client) - before;
        var resent = new ResentSegments(kernel.Retransmissions, (await FindAsync(owner, id, cancellation)).Retransmissions);
        return new CountedOutcome(moves, result, counted, resent, kernel);
    }

    /// <summary>
    /// The connection when it has carried so many bytes in each direction; null: the transfer has ended, and its result tells
    /// why.
    /// </summary>
    private async Task<ConnectionSnapshot?> CarriedAsync(
        string owner, string id, long part, Task<TransferResult> transfer, CancellationToken cancellation)
    {
        while (!transfer.IsCompleted)
        {
            var connection = await FindAsync(owner, id, cancellation);
            if (Math.Min(connection.BytesReceived, connection.BytesSent) >= part) return connection;
            await Task.Delay(Poll, cancellation);
        }

        return null;
    }

    /// <summary>Moves the connection; null: it does not leave the node, or the transfer has ended.</summary>
    private async Task<CountedMove?> TryMoveAsync(
        string owner, ConnectionSnapshot connection, Task<TransferResult> transfer, CancellationToken cancellation)
    {
        var before = Resent(connection);
        var (id, target) = (connection.Id, lab.After(owner));
        for (var refusals = 0; refusals < MostRefusals && !transfer.IsCompleted; refusals++)
        {
            try
            {
                var record = await lab.ControlOf(owner).HandOffAsync(id, target, cancellation);
                await Task.Delay(Aftermath, cancellation);
                return new CountedMove(record, refusals, Resent(await FindAsync(target, id, cancellation)) - before);
            }
            catch (CommandException refused) when (refused.ExitCode == ExitCodes.Refused)
            {
                AnsiConsole.WriteLine($"A handoff of node {owner} was given up: {refused.Message}");
                await Task.Delay(Poll, cancellation);
            }
        }

        return null;
    }

    private ResentSegments Resent(ConnectionSnapshot connection) =>
        new(KernelCounters.Read(lab.Client).Retransmissions, connection.Retransmissions);

    /// <summary>A node remembers the connection also from the time before it moved away.</summary>
    private async Task<ConnectionSnapshot> FindAsync(string node, string id, CancellationToken cancellation) =>
        (await lab.ControlOf(node).ListConnectionsAsync(ended: true, cancellation)).Where(one => one.Id == id)
        .MaxBy(one => one.Epoch)!;
}
