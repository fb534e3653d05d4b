using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorStack.Actors.Cluster;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorStack.Hosting.Tests;

public sealed class ClusterTests : IDisposable
{
    private const string Loopback = "127.0.0.1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    private string Socket => Path.Combine(_directory.FullName, "control.sock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Two_services_become_nodes_of_one_cluster_and_list_each_other()
    {
        await using var first = await StartAsync("a", seed: null, builder => builder.AddControlSocket(Socket));
        await using var second = await StartAsync("b", first);
        using var control = new ControlClient(Socket);
        IReadOnlyList<NodeSnapshot> nodes;
        do
        {
            nodes = await control.ListNodesAsync(Patience.Token());
        }
        while (nodes.Count(node => node.Status == "up" && node.Name.Length > 0) < 2);
        Assert.Equal(["a", "b"], nodes.Select(node => node.Name).Order());
        Assert.True(nodes.Single(node => node.Name == "a").IsSelf);
        Assert.Equal($"{Loopback}:{AddressOf(second).Port}", nodes.Single(node => node.Name == "b").Address);
        Assert.Equal(0, nodes.Single(node => node.Name == "a").Connections);
    }

    [Fact]
    public async Task A_service_without_a_cluster_lists_itself_and_runs_no_remoting()
    {
        await using var host = await MemoryHost.StartAsync(
            builder => builder.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port), options => options.Node = "a");
        var node = Assert.Single(await host.Stack.ListNodesAsync(Patience.Token()));
        Assert.Equal(("a", "alone", true), (node.Name, node.Status, node.IsSelf));
        Assert.Equal("LocalActorRefProvider", ((ExtendedActorSystem)SystemOf(host)).Provider.GetType().Name);
    }

    [Fact]
    public async Task A_second_node_of_the_same_name_does_not_start()
    {
        await using var first = await StartAsync("a", seed: null);
        var error = await Assert.ThrowsAsync<StackStartException>(() => StartAsync("a", first));
        Assert.Contains("has a node a already", error.Message);
        Assert.Contains("--node", error.WhatToDo);
    }

    [Fact]
    public async Task A_service_that_stops_leaves_its_cluster()
    {
        await using var first = await StartAsync("a", seed: null);
        await using (await StartAsync("b", first))
        {
            while ((await first.Stack.ListNodesAsync(Patience.Token())).Count < 2) await Task.Yield();
        }

        // A node that had only ended would first be unreachable, and be removed as one.
        IReadOnlyList<NodeSnapshot> nodes;
        do
        {
            nodes = await first.Stack.ListNodesAsync(Patience.Token());
            Assert.DoesNotContain(nodes, node => node.Status is "unreachable" or "down");
        }
        while (nodes.Count > 1);
    }

    [Fact]
    public async Task A_port_that_another_node_has_is_named()
    {
        await using var first = await StartAsync("a", seed: null);
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync("b", first, configure: cluster => cluster.Port = AddressOf(first).Port!.Value));
        var failure = StackStartException.From(error);
        Assert.NotNull(failure);
        Assert.Contains("cannot hear its cluster: Address already in use", failure.Message);
        Assert.Contains("cluster.port", failure.WhatToDo);
    }

    [Fact]
    public async Task A_cluster_without_an_address_does_not_start()
    {
        var error = await Assert.ThrowsAsync<StackStartException>(() => MemoryHost.StartAsync(builder => builder.WithCluster()));
        Assert.Contains("cluster.host is empty", error.Message);
        Assert.Contains("--cluster HOST:PORT", error.WhatToDo);
    }

    [Fact]
    public async Task A_lease_that_outlasts_the_removal_does_not_start()
    {
        var error = await Assert.ThrowsAsync<StackStartException>(
            () => StartAsync("a", seed: null, configure: cluster => cluster.Lease = TimeSpan.FromSeconds(4)));
        Assert.Contains("emission lease of 4 s is longer than half the time", error.Message);
    }

    [Fact]
    public async Task A_node_whose_seed_does_not_answer_does_not_start()
    {
        var error = await Assert.ThrowsAsync<StackStartException>(() => StartAsync("a", seed: null, configure: cluster =>
        {
            cluster.SeedNodes.Add($"{Loopback}:1");
            cluster.JoinLimit = TimeSpan.FromSeconds(1);
        }));
        Assert.Contains("did not join its cluster within 1 s", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nodes_with_certificates_talk_and_one_without_cannot_join(bool authority)
    {
        var own = WriteCertificates(authority);
        await using var first = await StartAsync("a", seed: null, configure: own("a"));
        await using var second = await StartAsync("b", first, configure: own("b"));
        Assert.Equal("akka.ssl.tcp", AddressOf(first).Protocol);

        var foreign = WriteCertificates(authority: false);
        foreach (var configure in (Action<ClusterOptions>[])[_ => { }, foreign("c")])
        {
            var error = await Assert.ThrowsAsync<StackStartException>(() => StartAsync("c", first, configure: cluster =>
            {
                configure(cluster);
                cluster.JoinLimit = TimeSpan.FromSeconds(3);
            }));
            Assert.Contains("join", error.Message);
        }

        Assert.Equal(2, (await first.Stack.ListNodesAsync(Patience.Token())).Count);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_named()
    {
        var error = await Assert.ThrowsAsync<StackStartException>(() => StartAsync(
            "a", seed: null, configure: cluster => cluster.Tls.Certificate = Path.Combine(_directory.FullName, "none.pem")));
        Assert.Contains("certificate of the cluster cannot be used", error.Message);
    }

    [Fact]
    public async Task A_secret_that_is_too_short_is_named()
    {
        var file = Path.Combine(_directory.FullName, "secret");
        await File.WriteAllTextAsync(file, "short");
        var error = await Assert.ThrowsAsync<StackStartException>(
            () => StartAsync("a", seed: null, configure: cluster => cluster.SecretFile = file));
        Assert.Contains("shorter than 16 bytes", error.Message);
    }

    private static Task<MemoryHost> StartAsync(
        string name, MemoryHost? seed, Action<ActorStackBuilder>? build = null, Action<ClusterOptions>? configure = null) =>
        MemoryHost.StartAsync(
            builder =>
            {
                builder.WithCluster(cluster =>
                {
                    (cluster.Host, cluster.Port) = (Loopback, 0);
                    if (seed is not null) cluster.SeedNodes.Add($"{Loopback}:{AddressOf(seed).Port}");
                    configure?.Invoke(cluster);
                });
                build?.Invoke(builder);
            },
            options => options.Node = name);

    private static ActorSystem SystemOf(MemoryHost host) => host.Services.GetRequiredService<ActorSystem>();

    private static Address AddressOf(MemoryHost host) => AkkaCluster.Get(SystemOf(host)).SelfAddress;

    /// <summary>
    /// With an authority each node has a certificate of its own in PEM; otherwise all have the same one, as PFX.
    /// </summary>
    private Func<string, Action<ClusterOptions>> WriteCertificates(bool authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=actorstack", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        using var root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var stem = Path.Combine(_directory.FullName, Guid.NewGuid().ToString());
        if (!authority)
        {
            File.WriteAllBytes($"{stem}.pfx", root.Export(X509ContentType.Pfx, "word"));
            return _ => cluster => (cluster.Tls.Certificate, cluster.Tls.Password) = ($"{stem}.pfx", "word");
        }

        File.WriteAllText($"{stem}.ca", root.ExportCertificatePem());
        foreach (var name in (string[])["a", "b"])
        {
            using var nodeKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest($"CN={name}", nodeKey, HashAlgorithmName.SHA256)
                .Create(
                    root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1),
                    Guid.NewGuid().ToByteArray());
            File.WriteAllText($"{stem}.{name}", certificate.ExportCertificatePem());
            File.WriteAllText($"{stem}.{name}.key", nodeKey.ExportPkcs8PrivateKeyPem());
        }

        return name => cluster =>
            (cluster.Tls.Certificate, cluster.Tls.Key, cluster.Tls.Authority) =
            ($"{stem}.{name}", $"{stem}.{name}.key", $"{stem}.ca");
    }
}
