namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>Segments of one connection that were sent again, each counted by its sender.</summary>
/// <param name="ByClient">Those of the client's kernel.</param>
/// <param name="ByNodes">Those of the nodes.</param>
internal readonly record struct ResentSegments(long ByClient, long ByNodes)
{
    public bool IsNone => ByClient + ByNodes == 0;

    public static ResentSegments operator -(ResentSegments after, ResentSegments before) =>
        new(after.ByClient - before.ByClient, after.ByNodes - before.ByNodes);

    public static ResentSegments operator +(ResentSegments one, ResentSegments other) =>
        new(one.ByClient + other.ByClient, one.ByNodes + other.ByNodes);

    public override string ToString() => $"{ByClient} / {ByNodes}";
}
