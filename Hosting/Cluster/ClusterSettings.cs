using ActorStack.Hosting.Options;

namespace ActorStack.Hosting.Cluster;

/// <summary>The options of the cluster, read and checked.</summary>
internal sealed record ClusterSettings
{
    private const int LeastSecret = 16;

    private ClusterSettings(HoconSection stack)
    {
        IsEnabled = stack.Read(StackOptionTable.ClusterEnabled);
        Host = stack.Read(StackOptionTable.ClusterHost);
        Port = stack.Read(StackOptionTable.ClusterPort);
        ChannelPort = stack.Read(StackOptionTable.ClusterChannelPort);
        Seeds = [.. stack.Read(StackOptionTable.ClusterSeedNodes).Select(NodeAddress.Parse)];
        Roles = stack.Read(StackOptionTable.ClusterRoles);
        Steering = stack.Read(StackOptionTable.ClusterSteering);
        Lease = stack.Read(StackOptionTable.ClusterLease);
        Heartbeat = stack.Read(StackOptionTable.ClusterHeartbeat);
        AcceptablePause = stack.Read(StackOptionTable.ClusterAcceptablePause);
        StableAfter = stack.Read(StackOptionTable.ClusterStableAfter);
        JoinLimit = stack.Read(StackOptionTable.ClusterJoinLimit);
        Evacuates = stack.Read(StackOptionTable.ClusterEvacuate);
        SecretFile = stack.Read(StackOptionTable.ClusterSecretFile);
        Certificate = stack.Read(StackOptionTable.ClusterCertificate);
        Key = stack.Read(StackOptionTable.ClusterKey);
        Password = stack.Read(StackOptionTable.ClusterPassword);
        Authority = stack.Read(StackOptionTable.ClusterAuthority);
    }

    public bool IsEnabled { get; }

    public string Host { get; }

    public int Port { get; }

    public int ChannelPort { get; }

    public IReadOnlyList<NodeAddress> Seeds { get; }

    public IReadOnlyList<string> Roles { get; }

    public string Steering { get; }

    public TimeSpan Lease { get; }

    public TimeSpan Heartbeat { get; }

    public TimeSpan AcceptablePause { get; }

    public TimeSpan StableAfter { get; }

    public TimeSpan JoinLimit { get; }

    public bool Evacuates { get; }

    public string SecretFile { get; }

    public string Certificate { get; }

    public string Key { get; }

    public string Password { get; }

    public string Authority { get; }

    /// <exception cref="StackStartException">An option is not valid, or the host is missing.</exception>
    public static ClusterSettings Read(HoconSection stack)
    {
        var settings = new ClusterSettings(stack);
        if (!settings.IsEnabled || settings.Host.Length > 0) return settings;
        throw new StackStartException(
            $"{stack.Path}.cluster.host is empty, so that no other node could reach this one.",
            "Give the address of this machine: --cluster HOST:PORT, or ActorStack:Cluster:Host in the configuration.");
    }

    /// <summary>The secret of the file; null where no file is named.</summary>
    /// <exception cref="StackStartException">The file cannot be read or is too short.</exception>
    public byte[]? ReadSecret()
    {
        if (SecretFile.Length == 0) return null;
        try
        {
            if (File.ReadAllBytes(SecretFile) is { Length: >= LeastSecret } secret) return secret;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StackStartException(
                $"The secret of the cluster cannot be read: {error.Message}", "Correct actorstack.cluster.secret-file.", error);
        }

        throw new StackStartException(
            $"The secret in {SecretFile} is shorter than {LeastSecret} bytes.",
            $"Write a longer one, the same on all nodes: head -c 32 /dev/urandom > {SecretFile}");
    }
}
