using ActorStack.Actors.Connections;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Statistics;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>Questions about living and ended connections, and requests to them.</summary>
public sealed partial class StackActor
{
    /// <summary>The limit for the answers; an actor that fails meanwhile never answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, ConnectionProtocol.Ended> _ended = [];
    private readonly Queue<string> _endedOrder = new();

    /// <summary>
    /// Passes the request to the connection, on whichever loop it runs. For an ended connection, answers from the stack's
    /// memory.
    /// </summary>
    private void Route(StackProtocol.ConnectionRequest request)
    {
        if (request is StackProtocol.Offload { Engine: var engine } && _stack!.FindEngine(engine) is null)
            Sender.Tell(UnknownEngine(engine));
        else if (_stack!.Connections.TryGetValue(request.Id, out var entry) && entry.Actor is { } actor)
            actor.Forward(request);
        else
            Sender.Tell(Remembered(request) ?? UnknownConnection(request.Id));
    }

    private object? Remembered(StackProtocol.ConnectionRequest request) => _ended.GetValueOrDefault(request.Id) switch
    {
        { } ended when request is StackProtocol.GetConnection => ended.Snapshot,
        { } ended when request is StackProtocol.GetMigrations => new StackProtocol.MigrationList(ended.Migrations),
        _ => null,
    };

    private StackProtocol.Failed UnknownEngine(string engine)
    {
        var known = _settings.Engines.Count == 0
            ? "this stack has none"
            : $"known are {string.Join(", ", _settings.Engines.Select(e => e.Name))}";
        return new StackProtocol.Failed(FailureCode.UnknownEngine, $"there is no engine '{engine}'; {known}");
    }

    private StackProtocol.Failed UnknownConnection(string id) => _ended.TryGetValue(id, out var ended)
        ? new StackProtocol.Failed(FailureCode.NotNow, $"connection {id} is over: {ended.Snapshot!.Ended}")
        : new StackProtocol.Failed(FailureCode.UnknownConnection, $"there is no connection '{id}'; list them to see their ids");

    private void List(bool withEnded)
    {
        var ended = withEnded ? _endedOrder.Reverse().Select(id => _ended[id].Snapshot!).ToList() : null;
        var questions = _stack!.Connections.Values.Where(entry => entry.Actor is not null)
            .Select(entry => (entry.Actor!, (object)new StackProtocol.GetConnection(entry.Id.Value))).ToList();
        Context.ActorOf(AnswerCollector<ConnectionSnapshot>.Props(
            Sender, questions, snapshots => InOrder(snapshots, ended), Patience, Context.Dispatcher.Id));
    }

    /// <summary>Living connections by their names, then those that have ended, last first.</summary>
    /// <param name="snapshots">The answers of the living connections; some may have ended meanwhile.</param>
    /// <param name="ended">The connections that have ended; null where only living ones are wanted.</param>
    private static StackProtocol.ConnectionList InOrder(
        IReadOnlyList<ConnectionSnapshot> snapshots, IReadOnlyList<ConnectionSnapshot>? ended)
    {
        var living = snapshots.Where(snapshot => snapshot.Ended is null)
            .OrderBy(snapshot => snapshot.Id.Length).ThenBy(snapshot => snapshot.Id, StringComparer.Ordinal);
        var over = ended is null ? [] : snapshots.Where(snapshot => snapshot.Ended is not null).Concat(ended);
        return new StackProtocol.ConnectionList([.. living, .. over]);
    }

    private void Remember(ConnectionProtocol.Ended ended)
    {
        if (_settings.EndedKept == 0) return;
        if (_endedOrder.Count == _settings.EndedKept) _ended.Remove(_endedOrder.Dequeue());
        _endedOrder.Enqueue(ended.Id);
        _ended[ended.Id] = ended;
    }

    private StackProtocol.IdentifierList Identifiers() => new(
        [
            .. _stack!.Identifiers.All.Select(
                pair => new StackProtocol.Identifier(pair.Connection, pair.Engine, pair.Handle.Value)),
        ]);

    private void CollectStatistics() =>
        AskLoops<LoopProtocol.Statistics>(LoopProtocol.GetStatistics.Instance, Statistics, Patience);

    /// <summary>
    /// Combines the statistics of all loops. It runs on the stack's own thread, because the collector's actor runs there.
    /// </summary>
    private StackStatistics Statistics(IReadOnlyList<LoopProtocol.Statistics> loops)
    {
        var counters = new HostCounters();
        foreach (var loop in loops) counters.Add(loop.Counters);
        return new StackStatistics(
            _stack!.Connections.Count, _stack.Host.Sources.HalfOpen, counters.Opened, counters.Closed,
            counters.SegmentsReceived, counters.SegmentsSent, counters.BytesReceived, counters.BytesSent, counters.ResetsSent,
            _stack.Connections.Values.Where(entry => !entry.IsOver).CountBy(entry => entry.RunsOn)
                .ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            counters.Dropped(),
            _stack.Migrations.ToDictionary(counted => counted.Key.ToString(), counted => counted.Value),
            loops.Sum(loop => loop.TimeWaits),
            counters.Mib(),
            counters.Ext(_stack.Memory),
            Limits(counters, loops),
            _settings.HostChanges.Snapshot)
        {
            Loops = _loops.Count,
            HandedOver = counters.HandedOver,
            JournalProblem = _settings.JournalHealth.Problem is { } problem ? $"{problem.Message}. {problem.WhatToDo}" : null,
            IsLeaving = _stack.IsLeaving,
        };
    }

    private Dictionary<string, LimitUse> Limits(HostCounters counters, IReadOnlyList<LoopProtocol.Statistics> loops)
    {
        var (host, sources) = (_stack!.Host, _stack.Host.Sources);
        return new Dictionary<string, LimitUse>
        {
            ["connections"] = new(host.Connections, _settings.MaximumConnections, counters[DropReason.TooManyConnections]),
            ["connections-per-source"] = new(
                sources.MostConnections, _settings.MaximumConnectionsPerSource, counters[DropReason.TooManyFromSource]),
            ["half-open"] = new(sources.HalfOpen, _settings.MaximumHalfOpen, counters[DropReason.TooManyHalfOpen]),
            ["half-open-per-source"] = new(
                sources.MostHalfOpen, _settings.MaximumHalfOpenPerSource, counters[DropReason.TooManyHalfOpenFromSource]),
            ["orphans"] = new(host.Orphans.Count, _settings.MaximumOrphans, counters.Tcp[TcpExt.TCPAbortOnMemory]),
            ["time-waits"] = new(
                loops.Sum(loop => loop.TimeWaits), _settings.MaximumTimeWaits, counters.Tcp[TcpExt.TCPTimeWaitOverflow]),
            ["fragments"] = new(
                loops.Sum(loop => loop.FragmentBytes), loops.Max(loop => loop.FragmentCapacity),
                counters[DropReason.FragmentsPushedOut]),
            ["memory"] = new(
                _stack.Memory.Used, _settings.Memory.High,
                counters[DropReason.OutOfMemory] + counters.Tcp[TcpExt.RcvPruned] + counters.Tcp[TcpExt.TCPOFODrop]),
        };
    }
}
