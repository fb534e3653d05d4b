using ActorStack.Actors.Connections;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>The ports that the stack listens on.</summary>
public sealed partial class StackActor
{
    private readonly List<Service> _services = [];

    private void Listen(ListenerSettings wanted)
    {
        if (wanted.Address is { } address && !_settings.Addresses.Contains(address))
        {
            Sender.Tell(new StackProtocol.Failed(
                FailureCode.UnknownAddress, $"the stack has no address {address}",
                $"listen on one of {string.Join(", ", _settings.Addresses)}, or on 0.0.0.0 for all"));
        }
        else if (wanted.IsConnector)
        {
            Listen(new Service(wanted with { Port = 0 }, _stack!));
        }
        else if (FindFreePort(wanted) is { } port)
        {
            Listen(new Service(wanted with { Port = port }, _stack!));
        }
        else
        {
            Sender.Tell(new StackProtocol.Failed(FailureCode.PortInUse, WhyNoPort(wanted)));
        }
    }

    private void Listen(Service service)
    {
        _services.Add(service);
        var listening = new StackProtocol.Listening(service.Settings.Name, service.Settings.Port)
        {
            Accepted = service.Accepts as AcceptedConnections,
        };
        AskLoops<LoopProtocol.Listening>(new LoopProtocol.Listen(service), _ => listening, patience: null);
    }

    /// <summary>The wanted port, or a port of the ephemeral range where none is wanted; null: a listener has it.</summary>
    private ushort? FindFreePort(ListenerSettings wanted)
    {
        var range = wanted.Port > 0 ? new PortRange(wanted.Port, wanted.Port) : _settings.EphemeralPorts;
        for (int port = range.First; port <= range.Last; port++)
        {
            if (FindService((ushort)port, wanted.Address) is null) return (ushort)port;
        }

        return null;
    }

    private string WhyNoPort(ListenerSettings wanted) => FindService(wanted.Port, wanted.Address) is { } taken
        ? $"port {wanted.Port} is taken by service '{taken.Settings.Name}'; choose another port"
        : $"all ports of {_settings.EphemeralPorts} have listeners (actorstack.ephemeral-ports)";

    /// <summary>The service that has the same port, on the same address or on every one.</summary>
    private Service? FindService(ushort port, IpAddress? address) => _services.Find(one =>
        one.Settings.Port == port && (address is null || one.Settings.Address is not { } other || other == address));

    private void Unbind(AcceptedConnections accepted)
    {
        if (_services.Find(one => one.Accepts == accepted) is not { } service)
        {
            Sender.Tell(StackProtocol.Unbound.Instance);
            return;
        }

        _services.Remove(service);
        AskLoops<StackProtocol.Unbound>(
            new LoopProtocol.Unbind(service),
            _ =>
            {
                accepted.End();
                return StackProtocol.Unbound.Instance;
            },
            patience: null);
    }
}
