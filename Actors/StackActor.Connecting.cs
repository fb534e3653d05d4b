using ActorStack.Actors.Connections;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>Connections that are opened from here (RFC 9293 section 3.9.1.1, OPEN).</summary>
public sealed partial class StackActor
{
    /// <summary>The name of what serves them, in lists and traces.</summary>
    private const string ConnectorName = "connect";

    private Service? _connector;

    private void Connect(ConnectSettings settings)
    {
        var service = ConnectorOf(settings);
        var opened = _stack!.Host.Open(service.Listener, settings.Remote, settings.LocalAddress, settings.LocalPort, _stack.Now);
        if (opened.Flow is not { } flow)
        {
            Sender.Tell(new StackProtocol.ConnectFailed(opened.Error, opened.Message));
            return;
        }

        var order = new ActiveOpen(Sender, opened.Iss, settings.FirstData, settings.Cancellation);
        _stack.Admit(new FlowEntry(_stack.NextId(), flow, service, order), service);
    }

    private Service ConnectorOf(ConnectSettings settings)
    {
        _connector ??= new Service(
            new ListenerSettings(ConnectorName, 0, (_, _) => Task.CompletedTask), _stack!,
            Context.ActorOf(ListenerActor.Props(_stack!, Context.Dispatcher.Id), ConnectorName));
        return settings.Options is null
            ? _connector
            : new Service(_connector.Settings with { Options = settings.Options }, _stack!, _connector.Actor);
    }
}
