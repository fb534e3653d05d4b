using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A network, a link with the software stack behind it, and the kernel engine beside it.</summary>
internal sealed class KernelStage : IDisposable
{
    /// <param name="prepare">Done before the engine looks at the system.</param>
    public KernelStage(Action<VirtualNetwork>? prepare = null)
    {
        Network = new VirtualNetwork();
        prepare?.Invoke(Network);
        Link = Network.Server.Run(() => TunLink.Open(new TunLinkSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6])));
        Host = new LinkHost(Link);
        Engine = Network.Server.Run(() => KernelEngine.Open(
            new KernelEngineSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6], Link)));
    }

    public VirtualNetwork Network { get; }

    public TunLink Link { get; }

    public LinkHost Host { get; }

    public KernelEngine Engine { get; }

    /// <summary>Bytes in the send queues of the kernel's sockets, unacknowledged and unsent together.</summary>
    public long KernelSendQueue() => Network.Server.Execute("ss", "-Htn").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]));

    public void Dispose()
    {
        Engine.Dispose();
        Host.Dispose();
        Link.Dispose();
        Network.Dispose();
    }
}
