using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// Many connections of kernel clients, shared by three services on machines of their own, while these restart or are lost.
/// </summary>
public sealed class NodeLossTests
{
    private const int Connections = 60;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    [LinuxFact]
    public async Task A_rolling_restart_of_all_nodes_loses_no_connection()
    {
        using var lab = await StartAsync();
        var outcome = await new ClusterActs(lab, Connections, Period).RestartAllAsync(Patience.Token());
        Assert.True(outcome.Crowd.Failed == 0, $"{string.Join(", ", outcome.Crowd.Errors)}; the nodes said: {lab.Said}");
        Assert.Equal((Connections, 0, 0), (outcome.Crowd.Connections, outcome.Crowd.Failed, (int)outcome.Client.ResetsSent));
    }

    [LinuxFact]
    public async Task A_node_that_was_suspended_until_the_others_removed_it_emits_nothing_when_it_goes_on()
    {
        using var lab = await StartAsync();
        Verify(await new ClusterActs(lab, Connections, Period).SuspendAsync("b", Patience.Token()));
        Assert.Contains("The cluster has removed this node", lab.Said);
    }

    [LinuxFact]
    public async Task A_node_that_was_parted_from_the_others_emits_nothing_when_it_is_joined_again()
    {
        using var lab = await StartAsync();
        Verify(await new ClusterActs(lab, Connections, Period).PartAsync("c", Patience.Token()));
        Assert.Contains("The cluster has removed this node", lab.Said);
    }

    private static async Task<ClusterLaboratory> StartAsync()
    {
        var lab = new ClusterLaboratory(["a", "b", "c"]);
        try
        {
            await lab.StartAsync(Patience.Token());
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A client sends a reset itself where a segment comes for a connection that it knows no more: that would be of a node that
    /// has lost the connection.
    /// </summary>
    private static void Verify(ActOutcome outcome)
    {
        Assert.NotEqual(0, outcome.Lost);
        Assert.All(outcome.Crowd.Errors.Keys, error => Assert.Contains("reset", error, StringComparison.OrdinalIgnoreCase));
        Assert.Equal((Connections, outcome.Lost), (outcome.Crowd.Connections, outcome.Crowd.Failed));
        Assert.Equal(0, outcome.Client.ResetsSent);
    }
}
