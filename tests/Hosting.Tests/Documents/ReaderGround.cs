using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>The host of a service and a peer, each a network namespace with a prompt, joined by a veth.</summary>
internal sealed class ReaderGround : IDisposable
{
    /// <summary>The address of the host, which the documents call HOST.</summary>
    public const string HostAddress = "10.8.0.1";

    private readonly NetworkNamespace _host = NetworkNamespace.Create("host");
    private readonly NetworkNamespace _peer = NetworkNamespace.Create("peer");

    /// <param name="directory">The current directory of both prompts.</param>
    /// <param name="environment">Variables of both in addition to this process's environment.</param>
    public ReaderGround(string directory, IReadOnlyDictionary<string, string?> environment)
    {
        _host.EnableForwarding();
        _host.AddVeth(_peer, "veth0", "veth0", [$"{HostAddress}/24"], ["10.8.0.2/24"]);
        Host = Prompt.Open(_host, directory, environment);
        Peer = Prompt.Open(_peer, directory, environment);
    }

    public Prompt Host { get; }

    public Prompt Peer { get; }

    /// <summary>Starts a client at the peer: <c>nc ADDRESS PORT</c>.</summary>
    public Conversation Talk(string command) => Conversation.Start(_peer, command);

    public void Dispose()
    {
        Peer.Dispose();
        Host.Dispose();
        _peer.Dispose();
        _host.Dispose();
    }
}
