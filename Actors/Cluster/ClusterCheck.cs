using Akka.Configuration;

namespace ActorStack.Actors.Cluster;

/// <summary>Verifies that the settings of Akka.Cluster keep one emitter for each connection.</summary>
internal static class ClusterCheck
{
    private const string Pause = "akka.cluster.failure-detector.acceptable-heartbeat-pause";
    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";
    private const string Downing = "akka.cluster.downing-provider-class";
    private const string FrameSize = "akka.remote.dot-netty.tcp.maximum-frame-size";

    /// <summary>A lease lapses in normal service where fewer heartbeats than this fit into it.</summary>
    private const int LeastHeartbeats = 4;

    /// <exception cref="ConfigurationException">A setting is missing or does not fit the others.</exception>
    public static void Verify(Config config, NodeNetworkSettings settings)
    {
        if (config.GetString("akka.actor.provider") is var provider && !IsCluster(provider))
            throw new ConfigurationException($"akka.actor.provider is '{provider}', and a node of a cluster needs 'cluster'.");
        if (config.GetString(Downing) is null or "")
        {
            throw new ConfigurationException(
                $"{Downing} is empty: without a split-brain resolver both parts of a parted cluster would go on. "
                + "Give 'Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster'.");
        }

        var removal = config.GetTimeSpan(Pause) + config.GetTimeSpan(StableAfter);
        if (settings.Lease * 2 > removal)
        {
            throw new ConfigurationException(
                $"The emission lease of {Show(settings.Lease)} is longer than half the time after which the cluster removes a "
                + $"silent node: {Pause} and {StableAfter} are {Show(removal)} together. "
                + "Shorten the lease, or make them longer.");
        }

        if (settings.Heartbeat * LeastHeartbeats > settings.Lease)
        {
            throw new ConfigurationException(
                $"The emission lease of {Show(settings.Lease)} is shorter than {LeastHeartbeats} heartbeats of "
                + $"{Show(settings.Heartbeat)}. Make the lease longer, or the heartbeats closer.");
        }

        if (config.GetByteSize(FrameSize) is { } frame && frame < PartSender.LeastFrameSize)
        {
            throw new ConfigurationException(
                $"{FrameSize} is {frame} bytes, and messages between nodes take up to {PartSender.LeastFrameSize}. "
                + "Leave its default of 128000 bytes.");
        }
    }

    private static bool IsCluster(string? provider) =>
        provider is "cluster" || provider?.StartsWith("Akka.Cluster.ClusterActorRefProvider", StringComparison.Ordinal) is true;

    private static string Show(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");
}
