using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>
/// What can happen to the nodes of a cluster, each time beside a crowd of connections that the nodes share: the first node has
/// them first and hands a third to each of the others.
/// </summary>
internal sealed class ClusterActs(ClusterLaboratory lab, int connections, TimeSpan period)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>Every node stops in order and starts again, one after another.</summary>
    public Task<ActOutcome> RestartAllAsync(CancellationToken cancellation) => PlayAsync("rolling restart", async () =>
    {
        foreach (var name in lab.Names)
        {
            var code = await lab.StopNodeAsync(name, cancellation);
            if (code != 0) throw new CommandException($"Node {name} stopped with {code}.", "", ExitCodes.Failed);
            await lab.StartNodeAsync(name, cancellation);
            await lab.AwaitMembersAsync(lab.Names, cancellation);
        }

        return 0;
    }, cancellation);

    /// <summary>A node is killed, and starts again when the others have removed it.</summary>
    public Task<ActOutcome> KillAsync(string victim, CancellationToken cancellation) => PlayAsync($"kill of {victim}", async () =>
    {
        var lost = await CountAsync(victim, cancellation);
        lab.ServiceOf(victim).Kill();
        await LoseAsync(victim, cancellation);
        return lost;
    }, cancellation);

    /// <summary>
    /// A node is parted from the others and from the clients, and joined again when the others have removed it.
    /// </summary>
    public Task<ActOutcome> PartAsync(string victim, CancellationToken cancellation) =>
        PlayAsync($"partition of {victim}", async () =>
        {
            var lost = await CountAsync(victim, cancellation);
            lab.Part(victim, isParted: true);
            await LoseAsync(victim, cancellation, () => lab.Part(victim, isParted: false));
            return lost;
        }, cancellation);

    /// <summary>A node is suspended, and goes on when the others have removed it.</summary>
    public Task<ActOutcome> SuspendAsync(string victim, CancellationToken cancellation) =>
        PlayAsync($"suspension of {victim}", async () =>
        {
            var lost = await CountAsync(victim, cancellation);
            lab.ServiceOf(victim).Suspend();
            await LoseAsync(victim, cancellation, lab.ServiceOf(victim).Resume);
            return lost;
        }, cancellation);

    private async Task<ActOutcome> PlayAsync(string name, Func<Task<int>> act, CancellationToken cancellation)
    {
        lab.RouteTo(lab.Names[0]);
        var before = KernelCounters.Read(lab.Client);
        using var crowd = await lab.StartCrowdAsync(connections, period, cancellation);
        foreach (var other in lab.Names.Skip(1))
            await lab.HandOffAsync(lab.Names[0], other, connections / lab.Names.Count, cancellation);
        var lost = await act();
        var result = await crowd.FinishAsync(cancellation);
        return new ActOutcome(name, lost, result, KernelCounters.Read(lab.Client) - before);
    }

    private async Task<int> CountAsync(string name, CancellationToken cancellation) =>
        (await lab.EstablishedAsync(name, cancellation)).Count;

    /// <summary>
    /// Waits until the others have removed the node, lets it come back, and starts it anew when it has ended: a node that was
    /// removed ends by itself.
    /// </summary>
    private async Task LoseAsync(string victim, CancellationToken cancellation, Action? comeBack = null)
    {
        await lab.AwaitMembersAsync([.. lab.Names.Where(name => name != victim)], cancellation);
        if (comeBack is not null)
        {
            comeBack();
            await Task.Delay(Silence, cancellation); // what it emitted now would be counted as a stray segment
        }

        await lab.ServiceOf(victim).WaitAsync(cancellation);
        await lab.StartNodeAsync(victim, cancellation);
        await lab.AwaitMembersAsync(lab.Names, cancellation);
    }
}
