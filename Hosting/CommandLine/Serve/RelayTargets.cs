using System.Net;
using ActorStack.Hosting;
using ActorStack.Hosting.Options;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.CommandLine.Serve;

/// <summary>Where the relays lead, by the ports they listen on.</summary>
internal sealed class RelayTargets(IEnumerable<ServiceArgument> services)
{
    private readonly Dictionary<int, ServiceArgument> _relays = services.Where(service => service.To is not null).ToDictionary(service => service.Port);

    public (IPEndPoint Target, ConnectOptions Options) Of(int port)
    {
        var relay = _relays[port];
        return (relay.To!, new ConnectOptions { Socket = socket => SocketOptionReader.Apply(socket, relay.SocketOptions, relay.Name) });
    }

    /// <summary>Whether the relay waits for the client's first bytes, to take them along with its SYN.</summary>
    public bool SendsEarly(int port) => SocketOptionReader.Apply(SocketOptions.Default, _relays[port].SocketOptions, "").FastOpenConnect;
}
