using System.Net;
using ActorStack.Hosting;
using ActorStack.Hosting.Options;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.CommandLine.Serve;

/// <summary>The targets of the relays, by the ports that the relays listen on.</summary>
internal sealed class RelayTargets(IEnumerable<ServiceArgument> services)
{
    private readonly Dictionary<int, ServiceArgument> _relays = services
        .Where(service => service.To is not null).ToDictionary(service => service.Port);

    public (IPEndPoint Target, ConnectOptions Options) Of(int port)
    {
        var relay = _relays[port];
        return (
            relay.To!,
            new ConnectOptions { Socket = socket => SocketOptionReader.Apply(socket, relay.SocketOptions, relay.Name) });
    }

    /// <summary>Tells whether the relay waits for the client's first bytes, so that its own SYN carries them.</summary>
    public bool SendsEarly(int port) =>
        SocketOptionReader.Apply(SocketOptions.Default, _relays[port].SocketOptions, "").FastOpenConnect;
}
