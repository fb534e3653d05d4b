using Akka.Configuration;
using ActorStack.Actors;
using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Puts a stack together from the actor system's HOCON: link, engines, buffers, policy.</summary>
internal sealed class StackComposer(IEnumerable<ILink> givenLinks, ILogger<StackComposer> logger)
{
    public static Config Journal(Config config) => Config.Empty;

    public StackComposition Compose(Config system)
    {
        var config = system.GetConfig("actorstack");
        IpAddress[] addresses = [.. config.GetStringList("addresses").Select(text => IpAddress.From(VirtualAddress.Parse(text).Address))];
        if (addresses.Length == 0)
            throw new StackStartException("The stack has no address.", "Give it one: --address 10.9.0.1/32, or ActorStack:Addresses in the configuration.");

        var link = givenLinks.SingleOrDefault() ?? OpenTun(config, addresses);
        var engines = new List<IOffloadEngine>();
        try
        {
            var settings = new StackSettings(link, addresses)
            {
                Engines = engines,
                Tcp = TcpSettings.Default with { Mtu = link.Mtu, MaximumSegmentPayload = link.MaximumSegmentPayload },
                Buffers = new ConnectionBufferOptions
                {
                    SendCapacity = (int)config.GetByteSize("buffers.send-capacity")!,
                    ReceiveCapacity = (int)config.GetByteSize("buffers.receive-capacity")!,
                },
                MigrationTimeout = config.GetTimeSpan("migration-timeout"),
                MaximumConnections = config.GetInt("maximum-connections"),
                EndedKept = config.GetInt("ended-kept"),
            };
            return new StackComposition(settings, config.GetTimeSpan("drain-limit"));
        }
        catch
        {
            foreach (var engine in engines) engine.Dispose();
            link.Dispose();
            throw;
        }
    }

    private static TunLink OpenTun(Config config, IReadOnlyList<IpAddress> addresses) =>
        TunLink.Open(new TunLinkSettings(config.GetString("tun"), addresses) { Mtu = config.GetInt("mtu") });
}
