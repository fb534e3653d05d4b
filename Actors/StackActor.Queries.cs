using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Statistics;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>Questions about connections, living and ended, and orders to them.</summary>
public sealed partial class StackActor
{
    private readonly Dictionary<string, ConnectionProtocol.Ended> _ended = [];
    private readonly Queue<string> _endedOrder = new();

    private void ForwardOffload(StackProtocol.Offload offload)
    {
        if (_stack!.FindEngine(offload.Engine) is not { } engine)
        {
            var known = _settings.Engines.Count == 0 ? "this stack has none" : $"known are {string.Join(", ", _settings.Engines.Select(e => e.Name))}";
            Sender.Tell(new StackProtocol.Failed(FailureCode.UnknownEngine, $"there is no engine '{offload.Engine}'; {known}"));
            return;
        }

        ForwardTo(offload.Id, new ConnectionProtocol.Offload(Owner.Engine(engine.Name), MigrationTrigger.Operator.Instance));
    }

    private void ForwardTo(string id, object message)
    {
        if (_stack!.Connections.TryGetValue(id, out var entry) && entry.Actor is { } actor) actor.Tell(message, Sender);
        else Sender.Tell(UnknownConnection(id));
    }

    private void ForwardOrRemember(string id, ConnectionProtocol.Query query, Func<ConnectionProtocol.Ended, object> remember)
    {
        if (_ended.TryGetValue(id, out var ended)) Sender.Tell(remember(ended));
        else ForwardTo(id, query);
    }

    private StackProtocol.Failed UnknownConnection(string id) => _ended.TryGetValue(id, out var ended)
        ? new StackProtocol.Failed(FailureCode.NotNow, $"connection {id} is over: {ended.Snapshot!.Ended}")
        : new StackProtocol.Failed(FailureCode.UnknownConnection, $"there is no connection '{id}'; list them to see their ids");

    private void List(bool withEnded)
    {
        var ended = withEnded ? _endedOrder.Reverse().Select(id => _ended[id].Snapshot!).ToList() : null;
        var living = _stack!.Connections.Values.Select(entry => entry.Actor).OfType<IActorRef>().ToList();
        Context.ActorOf(ConnectionCollector.Props(Sender, living, ended, Context.Dispatcher.Id));
    }

    private void Remember(ConnectionProtocol.Ended ended)
    {
        if (_settings.EndedKept == 0) return;
        if (_endedOrder.Count == _settings.EndedKept) _ended.Remove(_endedOrder.Dequeue());
        _endedOrder.Enqueue(ended.Id);
        _ended[ended.Id] = ended;
    }

    private StackProtocol.IdentifierList Identifiers() => new(
        [.. _stack!.Identifiers.All.Select(pair => new StackProtocol.Identifier(pair.Connection, pair.Engine, pair.Handle.Value))]);

    private StackStatistics Statistics()
    {
        var counters = _stack!.Counters;
        _stack.Host.TimeWaits.Expire(_stack.Now);
        return new StackStatistics(
            _stack.Connections.Count, _stack.Host.Sources.HalfOpen, counters.Opened, counters.Closed,
            counters.SegmentsReceived, counters.SegmentsSent, counters.BytesReceived, counters.BytesSent, counters.ResetsSent,
            _stack.Connections.Values.Where(entry => !entry.IsOver).CountBy(entry => entry.RunsOn)
                .ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            counters.Dropped(),
            new Dictionary<string, long>(_stack.Migrations),
            _stack.Host.TimeWaits.Count,
            counters.Mib(),
            counters.Ext(_stack.Memory),
            Limits(),
            _settings.HostChanges.Snapshot)
        {
            JournalProblem = _settings.JournalHealth.Problem is { } problem ? $"{problem.Message}. {problem.WhatToDo}" : null,
        };
    }

    private Dictionary<string, LimitUse> Limits()
    {
        var (host, sources, counters) = (_stack!.Host, _stack.Host.Sources, _stack.Counters);
        return new Dictionary<string, LimitUse>
        {
            ["connections"] = new(host.Flows.Count, _settings.MaximumConnections, counters[DropReason.TooManyConnections]),
            ["connections-per-source"] = new(sources.MostConnections, _settings.MaximumConnectionsPerSource, counters[DropReason.TooManyFromSource]),
            ["half-open"] = new(sources.HalfOpen, _settings.MaximumHalfOpen, counters[DropReason.TooManyHalfOpen]),
            ["half-open-per-source"] = new(sources.MostHalfOpen, _settings.MaximumHalfOpenPerSource, counters[DropReason.TooManyHalfOpenFromSource]),
            ["orphans"] = new(host.Tcp.Orphans!.Count, _settings.MaximumOrphans, counters.Tcp[TcpExt.TCPAbortOnMemory]),
            ["time-waits"] = new(host.TimeWaits.Count, _settings.MaximumTimeWaits, counters.Tcp[TcpExt.TCPTimeWaitOverflow]),
            ["fragments"] = new(host.Fragments.Used, host.Fragments.Capacity, counters[DropReason.FragmentsPushedOut]),
            ["memory"] = new(
                _stack.Memory.Used, _settings.Memory.High,
                counters[DropReason.OutOfMemory] + counters.Tcp[TcpExt.RcvPruned] + counters.Tcp[TcpExt.TCPOFODrop]),
        };
    }
}
