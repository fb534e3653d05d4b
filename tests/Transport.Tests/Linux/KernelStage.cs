using System.Collections.Concurrent;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A network, a link with the software stack behind it, and the kernel engine beside it.</summary>
internal sealed class KernelStage : IDisposable
{
    /// <param name="prepare">Done before the engine looks at the system.</param>
    public KernelStage(Action<VirtualNetwork>? prepare = null)
    {
        Network = new VirtualNetwork();
        prepare?.Invoke(Network);
        Link = Network.Server.Run(() => TunLink.Open(
            new TunLinkSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6]) { HostChanged = Note }));
        Host = new LinkHost(Link);
        Engine = Network.Server.Run(() => KernelEngine.Open(
            new KernelEngineSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6], Link) { HostChanged = Note }));
    }

    public VirtualNetwork Network { get; }

    public TunLink Link { get; }

    public LinkHost Host { get; }

    public KernelEngine Engine { get; }

    /// <summary>What was taken away of the set-up of link and engine, as they told it.</summary>
    public ConcurrentQueue<HostChange> Changes { get; } = new();

    /// <summary>Bytes in the send queues of the kernel's sockets, unacknowledged and unsent together.</summary>
    public long KernelSendQueue() => Network.Server.Execute("ss", "-Htn").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]));

    private void Note(IReadOnlyList<HostChange> changes)
    {
        foreach (var change in changes) Changes.Enqueue(change);
    }

    public void Dispose()
    {
        Engine.Dispose();
        Host.Dispose();
        Link.Dispose();
        Network.Dispose();
    }
}
