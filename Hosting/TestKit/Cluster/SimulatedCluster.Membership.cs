using ActorStack.Actors.Cluster;

namespace ActorStack.TestKit.Cluster;

/// <summary>Who is a member, who is heard, and how both end.</summary>
internal sealed partial class SimulatedCluster
{
    /// <summary>A node starts and becomes a member. A node that has ended may start again, with a higher incarnation.</summary>
    public SimulatedNode Join(string name, string steering = "")
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(name, out var before) && before.IsMember)
                throw new InvalidOperationException($"{name} is a member; remove it first");
            var node = new SimulatedNode(this, new ClusterNode(name, ++_lastIncarnation, $"{name}:4053", steering));
            foreach (var other in Members()) Announce(other, observer => observer.OnNodeJoined(node.Node));
            _nodes[name] = node;
            _inFlight.RemoveAll(message => message.To == name || message.From == name); // they are the earlier start's
            SetMembers();
            Beat();
            return node;
        }
    }

    /// <summary>A node ends in good order: it is removed at once, and emits nothing any more.</summary>
    public void Leave(string name)
    {
        lock (_gate)
        {
            var node = _nodes[name];
            node.IsRunning = false;
            Remove(node, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// A node ends without notice. What it has sent still arrives. The others hear of it when the cluster removes it.
    /// </summary>
    public void Crash(string name)
    {
        lock (_gate) _nodes[name].IsRunning = false;
    }

    /// <summary>
    /// The cluster removes a node, which may still run. Its observers hear of it when its lease has run out, as services do.
    /// </summary>
    public void Remove(string name)
    {
        lock (_gate) Remove(_nodes[name], settings.Lease);
    }

    /// <summary>A node stands still, as by SIGSTOP: it hears nothing until <see cref="Resume"/>.</summary>
    public void Suspend(string name)
    {
        lock (_gate) _nodes[name].IsSuspended = true;
    }

    /// <summary>A node goes on where it stood still.</summary>
    public void Resume(string name)
    {
        lock (_gate) _nodes[name].IsSuspended = false;
    }

    /// <summary>Cuts both directions between these nodes and all others. Messages in flight between them are lost.</summary>
    public void Partition(params string[] side)
    {
        lock (_gate)
        {
            foreach (var inside in side)
            {
                foreach (var outside in _nodes.Keys.Except(side))
                {
                    _cuts.Add((inside, outside));
                    _cuts.Add((outside, inside));
                }
            }
        }
    }

    /// <summary>Cuts one direction between two nodes.</summary>
    public void Cut(string from, string to)
    {
        lock (_gate) _cuts.Add((from, to));
    }

    /// <summary>Ends every cut.</summary>
    public void Heal()
    {
        lock (_gate) _cuts.Clear();
    }

    public IReadOnlyCollection<ClusterNode> NodesSeenBy(SimulatedNode node)
    {
        lock (_gate) return node.IsMember ? [.. Members().Select(member => member.Node)] : [node.Node];
    }

    public void Attach(SimulatedNode node, INodeObserver observer)
    {
        lock (_gate)
        {
            node.Observers.Add(observer);
            foreach (var other in Members().Where(other => other != node))
                _changes.Add((Now, node, () => observer.OnNodeJoined(other.Node)));
        }
    }

    private IEnumerable<SimulatedNode> Members() => _nodes.Values.Where(node => node.IsMember);

    private bool IsCut(string from, string to) => _cuts.Contains((from, to));

    private void Remove(SimulatedNode node, TimeSpan wait)
    {
        node.IsMember = false;
        node.Lease.SetMembers(isMember: false, []);
        foreach (var other in Members()) Announce(other, observer => observer.OnNodeRemoved(node.Node), wait);
        SetMembers();
    }

    /// <summary>A change of membership is no message between nodes: it is heard, in order, by every node that runs.</summary>
    private void Announce(SimulatedNode to, Action<INodeObserver> tell, TimeSpan wait = default)
    {
        foreach (var observer in to.Observers) _changes.Add((Now + wait, to, () => tell(observer)));
    }

    private void SetMembers()
    {
        foreach (var node in Members())
            node.Lease.SetMembers(isMember: true, [.. Members().Where(other => other != node).Select(other => other.Self)]);
    }

    private bool BeatIfDue()
    {
        lock (_gate)
        {
            if (Now < _nextHeartbeat) return false;
            Beat();
            _nextHeartbeat = Now + settings.Heartbeat;
            RemoveTheLost();
            return true;
        }
    }

    private void Beat()
    {
        foreach (var node in Members())
        {
            foreach (var peer in Members().Where(peer => peer != node && Hear(node, peer))) node.Lease.OnHeard(peer.Self, Now);
        }
    }

    private bool Hear(SimulatedNode one, SimulatedNode other) =>
        one is { IsRunning: true, IsSuspended: false } && other is { IsRunning: true, IsSuspended: false }
        && !IsCut(one.Self, other.Self) && !IsCut(other.Self, one.Self);

    /// <summary>
    /// Keeps the majority, as the split-brain resolver of Akka.Cluster: of two equal parts it keeps the one with the first name.
    /// </summary>
    private void RemoveTheLost()
    {
        var kept = Kept();
        var lost = Members().Where(node => !kept.Contains(node)).ToList();
        if (lost.Count == 0 || kept.Count == 0) _lostSince = null;
        else _lostSince ??= Now;
        if (settings.RemovalAfter is not { } limit || _lostSince is not { } since || Now - since < limit) return;
        foreach (var node in lost) Remove(node, settings.Lease);
        _lostSince = null;
    }

    private List<SimulatedNode> Kept()
    {
        var parts = new List<List<SimulatedNode>>();
        foreach (var node in Members().OrderBy(node => node.Self, StringComparer.Ordinal))
        {
            if (parts.Find(part => part.TrueForAll(other => Hear(node, other))) is { } part) part.Add(node);
            else parts.Add([node]);
        }

        return parts.Where(part => part.TrueForAll(node => node is { IsRunning: true, IsSuspended: false }))
            .MaxBy(part => part.Count) ?? [];
    }
}
