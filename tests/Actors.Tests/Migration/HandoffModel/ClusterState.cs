namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>The cluster as numbers of <see cref="ClusterModel"/>: its parts recur in many states.</summary>
/// <param name="First">The number of node 0.</param>
/// <param name="Second">The number of node 1.</param>
/// <param name="Third">The number of node 2; -1: there is none.</param>
/// <param name="Network">The number of the messages in flight.</param>
/// <param name="Facts">The number of what has happened.</param>
/// <param name="Budgets">The faults that may still happen.</param>
internal readonly record struct ClusterState(int First, int Second, int Third, int Network, int Facts, Budgets Budgets)
{
    public int this[int node] => node switch { 0 => First, 1 => Second, _ => Third };

    public ClusterState With(int node, int number) => node switch
    {
        0 => this with { First = number },
        1 => this with { Second = number },
        _ => this with { Third = number },
    };
}
