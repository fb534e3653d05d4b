using System.Net.Sockets;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>Connections that are opened from here (RFC 9293 section 3.9.1.1, OPEN).</summary>
public sealed partial class StackActor
{
    /// <summary>The name of what serves them, in lists and traces.</summary>
    private const string ConnectorName = "connect";

    private Listener? _connector;
    private EphemeralPorts? _ports;

    private void Connect(ConnectSettings settings)
    {
        var (local, error, why) = FindLocal(settings, out var iss);
        if (error is not SocketError.Success)
        {
            Sender.Tell(new StackProtocol.ConnectFailed(error, why));
            return;
        }

        var flow = new FlowKey(local, settings.Remote);
        var entry = new FlowEntry(_stack!.NextId(), flow, ConnectorOf(settings), new ActiveOpen(Sender, iss, settings.FirstData, settings.Cancellation));
        _stack.TimeWaits.Remove(flow);
        _stack.Flows.Add(flow, entry);
        _stack.Connections.Add(entry.Id.Value, entry);
        _connector!.Actor.Tell(new Admitted(entry), ActorRefs.NoSender);
    }

    private (TcpEndpoint Local, SocketError Error, string Why) FindLocal(ConnectSettings settings, out SequenceNumber? iss)
    {
        iss = null;
        var remote = settings.Remote;
        if (_stack!.Flows.Count >= _settings.MaximumConnections)
            return (default, SocketError.TooManyOpenSockets, $"{_settings.MaximumConnections} connections are the limit (actorstack.maximum-connections)");
        if (FindLocalAddress(settings) is not { } address)
            return (default, SocketError.AddressNotAvailable, $"the stack has no address {settings.LocalAddress?.ToString() ?? "of the version of"} {remote.Address}");
        if (remote.Port == 0) return (default, SocketError.AddressNotAvailable, "port 0 is no destination");
        if (FindPort(settings, address, out iss) is { } port) return (new TcpEndpoint(address, port), SocketError.Success, "");
        return (default, SocketError.AddressAlreadyInUse, settings.LocalPort > 0
            ? $"there is a connection from port {settings.LocalPort} to {remote} already, or it ended just now"
            : $"all ports of {_settings.EphemeralPorts} are in use to {remote} (actorstack.ephemeral-ports)");
    }

    private IpAddress? FindLocalAddress(ConnectSettings settings)
    {
        foreach (var address in _settings.Addresses)
        {
            if (address.IsIPv6 == settings.Remote.Address.IsIPv6 && (settings.LocalAddress is not { } wanted || wanted == address)) return address;
        }

        return null;
    }

    /// <summary>Flows in TIME-WAIT come last, and only those that a newer connection may take over.</summary>
    private ushort? FindPort(ConnectSettings settings, IpAddress address, out SequenceNumber? iss)
    {
        iss = null;
        _ports ??= new EphemeralPorts(_stack!.Sequences, _settings.EphemeralPorts);
        var port = settings.LocalPort > 0 ? null : _ports.Find(address, settings.Remote, flow => IsFree(flow) && !_stack!.TimeWaits.Contains(flow, _stack.Now));
        if (port is not null) return port;
        SequenceNumber? reused = null;
        port = settings.LocalPort > 0
            ? IsUsable(new FlowKey(new TcpEndpoint(address, settings.LocalPort), settings.Remote)) ? settings.LocalPort : null
            : _ports.Find(address, settings.Remote, IsUsable);
        iss = reused;
        return port;

        bool IsUsable(FlowKey flow) => IsFree(flow)
            && (!_stack!.TimeWaits.Contains(flow, _stack.Now) || (reused = _stack.TimeWaits.FindReuse(flow, _stack.Now)) is not null);
    }

    /// <summary>No connection, and no listener that one would hide from its peer.</summary>
    private bool IsFree(FlowKey flow) => !_stack!.Flows.ContainsKey(flow) && _demultiplexer!.FindListener(flow.Local.Port) is null;

    private Listener ConnectorOf(ConnectSettings settings)
    {
        _connector ??= new Listener(
            new ListenerSettings(ConnectorName, 0, (_, _) => Task.CompletedTask), _stack!,
            Context.ActorOf(ListenerActor.Props(_stack!, Context.Dispatcher.Id), ConnectorName));
        return settings.Options is null
            ? _connector
            : new Listener(_connector.Settings with { Options = settings.Options }, _stack!, _connector.Actor);
    }
}
