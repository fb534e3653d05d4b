using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>Hosts on one segment, each a network namespace with a prompt; the peer is the router before them.</summary>
internal sealed class ClusterGround : IDisposable
{
    private readonly NetworkNamespace _router = NetworkNamespace.Create("router");
    private readonly List<NetworkNamespace> _hosts = [];
    private readonly Dictionary<string, Prompt> _prompts = [];

    /// <param name="directory">The current directory of the prompts, which is also in their path.</param>
    /// <param name="names">The nodes; the first has 10.1.0.2, the next 10.1.0.3 and so on.</param>
    public ClusterGround(string directory, params IReadOnlyList<string> names)
    {
        _router.EnableForwarding();
        _router.Ip("link", "add", "br0", "type", "bridge");
        _router.Ip("address", "add", "10.1.0.1/24", "dev", "br0");
        _router.Ip("link", "set", "br0", "up");
        foreach (var (index, name) in names.Index()) Join(name, $"10.1.0.{index + 2}", directory);
        _router.AddRoute("10.9.0.1", "10.1.0.2");
    }

    /// <summary>The prompt at the host of a node.</summary>
    public Prompt this[string node] => _prompts[node];

    /// <summary>Starts a client: <c>nc ADDRESS PORT</c>.</summary>
    public Conversation Talk(string command) => Conversation.Start(_router, command);

    public void Dispose()
    {
        foreach (var prompt in _prompts.Values) prompt.Dispose();
        foreach (var host in _hosts) host.Dispose();
        _router.Dispose();
    }

    private void Join(string name, string address, string directory)
    {
        var host = NetworkNamespace.Create(name);
        _hosts.Add(host);
        host.EnableForwarding();
        host.AddVeth(_router, "veth0", name, [$"{address}/24"], []);
        host.AddRoute("default", "10.1.0.1");
        _router.Ip("link", "set", "dev", name, "master", "br0");
        _prompts[name] = Prompt.Open(host, directory, new Dictionary<string, string?>
        {
            ["PATH"] = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}",
        });
    }
}
