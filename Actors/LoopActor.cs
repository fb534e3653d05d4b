using System.Net.Sockets;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.Host;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors;

/// <summary>
/// One loop of a stack. The actor serves a queue of the link, and is the parent of the listeners and connections whose flows
/// belong to this loop. All these actors run on the loop. The messages are in <see cref="LoopProtocol"/>.
/// </summary>
internal sealed class LoopActor : UntypedActor
{
    /// <summary>The service name of connections that the stack opens, in lists and traces.</summary>
    private const string ConnectorName = "connect";

    private readonly StackShared _stack;
    private readonly LoopContext _context;
    private readonly Demultiplexer _demultiplexer;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private EventLoop? _loop;
    private LoopService? _connector;
    private int _listeners;

    public LoopActor(LoopContext context)
    {
        (_stack, _context) = (context.Stack, context);
        _demultiplexer = new Demultiplexer(context);
    }

    public static Props Props(LoopContext context, string dispatcher) =>
        Akka.Actor.Props.Create<LoopActor>(context).WithDispatcher(dispatcher);

    /// <summary>Stops a failed child. The error is logged here, so Akka's own logging is off.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, withinTimeMilliseconds: -1,
        error =>
        {
            _log.Error(error, "{0} failed", Sender.Path.Name);
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void PreStart()
    {
        _loop = ((LoopDispatcher)Context.Dispatcher).Loop;
        _loop.Attach(_demultiplexer);
        _demultiplexer.TakeOwnerless();
        _stack.HandOvers[_context.Index].Open(_loop, _demultiplexer);
        if (_context.UnknownFlows is { } unknown) _stack.Cluster!.Attach(unknown);
    }

    protected override void PostStop()
    {
        _stack.HandOvers[_context.Index].Close();
        _loop?.Detach(_demultiplexer);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LoopProtocol.Listen listen:
                _demultiplexer.Add(Serve(listen.Service, $"port-{listen.Service.Settings.Port}-{++_listeners}"));
                Sender.Tell(LoopProtocol.Listening.Instance);
                break;
            case LoopProtocol.Unbind unbind:
                _demultiplexer.Remove(unbind.Service);
                Sender.Tell(StackProtocol.Unbound.Instance);
                break;
            case LoopProtocol.Connect connect:
                Connect(connect);
                break;
            case LoopProtocol.Arrive arrive:
                Arrive(arrive);
                break;
            case LoopProtocol.ExportTimeWaits:
                Sender.Tell(new LoopProtocol.TimeWaits(_context.Host.TimeWaits.ExportAll(_stack.Now)));
                break;
            case LoopProtocol.TimeWaits { Entries: var entries }:
                foreach (var entry in entries) _context.Host.TimeWaits.Add(entry, _stack.Now);
                break;
            case LoopProtocol.Settle:
                _context.Host.IsSettled = true;
                break;
            case LoopProtocol.GetStatistics:
                Sender.Tell(Statistics());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private LoopService Serve(Service service, string name) => new(
        service, service.Listener.On(_context.Host), Context.ActorOf(ListenerActor.Props(_context, Context.Dispatcher.Id), name));

    /// <summary>
    /// Opens a connection (RFC 9293 section 3.9.1.1, OPEN). Where no free port gives a flow of this loop, another loop may have
    /// one.
    /// </summary>
    private void Connect(LoopProtocol.Connect connect)
    {
        var settings = connect.Settings;
        if (ConnectorOf(settings) is not { } service)
        {
            Sender.Tell(new StackProtocol.ConnectFailed(
                SocketError.OperationNotSupported, $"the stack has no service '{settings.Service}' for its connections"));
            return;
        }

        var opened = _context.Host.Open(service.Listener, settings.Remote, settings.LocalAddress, settings.LocalPort, _stack.Now);
        if (opened.Flow is { } flow)
        {
            var order = new ActiveOpen(
                Sender, opened.Iss, settings.FirstData, settings.Service is null ? (ReadOnlyMemory<byte>?)null : settings.State,
                settings.Cancellation);
            _context.Admit(new FlowEntry(_stack.NextId(), flow, service, order), service.Actor);
        }
        else if (opened.Error is SocketError.AddressAlreadyInUse && settings.LocalPort == 0
            && connect.Tried + 1 < _stack.Queues.Count)
        {
            _stack.Actor.Forward(connect with { Tried = connect.Tried + 1 });
        }
        else
        {
            Sender.Tell(new StackProtocol.ConnectFailed(opened.Error, opened.Message));
        }
    }

    /// <summary>Prepares for a connection of another node, or tells that node why not.</summary>
    private void Arrive(LoopProtocol.Arrive arrive)
    {
        var (id, order) = (arrive.Connection, arrive.Order);
        if (_stack.Connections.ContainsKey(id)) return; // the question came twice
        if (_demultiplexer.FindService(order.Offer.Service) is not { } service)
        {
            Refuse(arrive, HandoffRefusal.NoListener, $"node {_stack.Settings.Node} has no service '{order.Offer.Service}'");
        }
        else if (order.Offer.RecordVersion > HyperionStateCodec.Version)
        {
            Refuse(
                arrive, HandoffRefusal.UnknownFormat,
                $"node {_stack.Settings.Node} reads records up to version {HyperionStateCodec.Version}, "
                + $"not {order.Offer.RecordVersion}: update it first");
        }
        else if (_stack.Settings.JournalHealth.Problem is { } problem)
        {
            Refuse(
                arrive, HandoffRefusal.ClaimFailed,
                $"the journal of node {_stack.Settings.Node} takes no claims: {problem.Message}. {problem.WhatToDo}");
        }
        else if (_stack.IsLeaving)
        {
            Refuse(arrive, HandoffRefusal.Leaving, $"node {_stack.Settings.Node} drains or stops");
        }
        else if (_stack.Handoffs.FindForwarded(arrive.Flow) is { } other && other != id)
        {
            Refuse(arrive, HandoffRefusal.Conflict, $"node {_stack.Settings.Node} forwards connection {other} of the same flow");
        }
        else if (!_context.Host.TryAdopt(service.Listener, arrive.Flow, out var flow, out var limit))
        {
            var (reason, detail) = limit is { } reached
                ? (HandoffRefusal.NoCapacity, $"node {_stack.Settings.Node}: {reached}")
                : (HandoffRefusal.Conflict, $"node {_stack.Settings.Node} has a connection with the same addresses and ports");
            Refuse(arrive, reason, detail);
        }
        else
        {
            var before = _stack.Handoffs.FindForwarded(id)?.Entry.Arrivals ?? [];
            ArrivalOrder[] arrivals = [order, .. before.Where(earlier => earlier.Node != order.Node)];
            _context.Admit(new FlowEntry(new ConnectionId(id), flow!, service, arrivals: arrivals), service.Actor);
        }
    }

    private void Refuse(LoopProtocol.Arrive arrive, HandoffRefusal reason, string detail)
    {
        var order = arrive.Order;
        _stack.Handoffs.Remember(arrive.Connection, new HandoffVerdict.Refused(order.Epoch, reason, detail));
        _stack.Cluster!.Send(order.Node, new HandoffMessage.Refused(arrive.Connection, order.Epoch, reason, detail));
    }

    /// <summary>The service of a connection that is opened; null: there is none of that name.</summary>
    private LoopService? ConnectorOf(ConnectSettings settings)
    {
        _connector ??= Serve(
            new Service(new ListenerSettings(ConnectorName, 0, (_, _) => Task.CompletedTask), _stack), ConnectorName);
        var connector = settings.Service is { } name ? _demultiplexer.FindService(name) : _connector;
        if (settings.Options is null || connector is null) return connector;
        var service = new Service(connector.Service.Settings with { Port = 0, Options = settings.Options }, _stack);
        return new LoopService(service, service.Listener.On(_context.Host), connector.Actor);
    }

    private LoopProtocol.Statistics Statistics()
    {
        var counters = new HostCounters();
        counters.Add(_context.Counters);
        _context.Host.TimeWaits.Expire(_stack.Now);
        var fragments = _context.Host.Fragments;
        return new LoopProtocol.Statistics(counters, _context.Host.TimeWaits.Count, fragments.Used, fragments.Capacity);
    }
}
