using System.Net.Sockets;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Connections that are opened from here (RFC 9293 section 3.9.1.1, OPEN): the local address, and a port that is free (RFC 6056).
/// </summary>
public sealed partial class TcpHost
{
    /// <summary>
    /// Application call: a flow for a connection to <paramref name="remote"/>. The caller makes its owner, whose connection
    /// begins with <see cref="OpenedFlow.Iss"/> where that is not null. The flow is one of this host's by its hash: where no port
    /// is wanted, one is found that makes it so; a wanted port is the caller's to bring to the right host.
    /// </summary>
    /// <param name="connector">Stands for a listener; its settings are those of the connection.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="localAddress">One of the host's addresses; null: its first of the peer's version.</param>
    /// <param name="localPort">0: the host chooses one.</param>
    /// <param name="now">The time.</param>
    public OpenedFlow Open(Listener connector, in TcpEndpoint remote, IpAddress? localAddress, ushort localPort, TimeSpan now)
    {
        if (Shared.FindLocalAddress(remote, localAddress) is not { } address)
        {
            var wanted = localAddress?.ToString() ?? "of the version of";
            return OpenedFlow.Failed(SocketError.AddressNotAvailable, $"the stack has no address {wanted} {remote.Address}");
        }

        if (remote.Port == 0) return OpenedFlow.Failed(SocketError.AddressNotAvailable, "port 0 is no destination");
        if (FindPort(address, remote, localPort, now, out var iss) is not { } port)
        {
            return OpenedFlow.Failed(SocketError.AddressAlreadyInUse, localPort > 0
                ? $"there is a connection from port {localPort} to {remote} already, or it ended just now"
                : $"all ports of {_settings.EphemeralPorts} are in use to {remote} (actorstack.ephemeral-ports)");
        }

        var key = new FlowKey(new TcpEndpoint(address, port), remote);
        lock (Shared.Admission)
        {
            if (Shared.Connections >= _settings.MaximumConnections)
            {
                return OpenedFlow.Failed(
                    SocketError.TooManyOpenSockets,
                    $"{_settings.MaximumConnections} connections are the limit (actorstack.maximum-connections)");
            }

            TimeWaits.Remove(key);
            return new OpenedFlow(Add(connector, key, first: null), iss, SocketError.Success, "");
        }
    }

    /// <summary>Flows in TIME-WAIT come last, and only those that a newer connection may take over.</summary>
    private ushort? FindPort(IpAddress address, TcpEndpoint remote, ushort wanted, TimeSpan now, out SequenceNumber? iss)
    {
        iss = null;
        var port = wanted > 0 ? null : _ports.Find(address, remote, flow => IsFree(flow) && !TimeWaits.Contains(flow, now));
        if (port is not null) return port;
        SequenceNumber? reused = null;
        port = wanted > 0
            ? IsUsable(new FlowKey(new TcpEndpoint(address, wanted), remote)) ? wanted : null
            : _ports.Find(address, remote, IsUsable);
        iss = reused;
        return port;

        bool IsUsable(FlowKey flow) => IsFree(flow)
            && (!TimeWaits.Contains(flow, now) || (reused = TimeWaits.FindReuse(flow, now)) is not null);
    }

    /// <summary>
    /// One of this host's flows, no connection here or in another process, and no listener that one would hide from its peer. A
    /// flow is one host's alone, so that no two hosts take the same port.
    /// </summary>
    private bool IsFree(FlowKey flow) =>
        Shared.Spread.IndexOf(flow) == Index && !_flows.Contains(flow) && !Shared.IsElsewhere(flow)
        && FindListener(flow.Local) is null;
}
