using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// What a node knows of connections that have no actor here. A message of a handoff may arrive late or twice, and must get the
/// same answer for ever: a node that refused an epoch must not take the connection when the transfer arrives after all. Any
/// thread may use it.
/// </summary>
/// <remarks>
/// The number of verdicts is bounded, and the oldest is forgotten first. Forwarding ends with the connection, or with the node
/// that has it.
/// </remarks>
internal sealed class HandoffRegister
{
    /// <summary>Far more handoffs than a node makes within the life of a message.</summary>
    public const int Capacity = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HandoffVerdict> _verdicts = [];
    private readonly Queue<(string Connection, HandoffVerdict Verdict)> _order = new();
    private readonly Dictionary<string, ForwardedConnection> _forwarded = [];
    private readonly Dictionary<FlowKey, string> _forwardedFlows = [];

    /// <summary>The verdict about a connection; null: there is none.</summary>
    public HandoffVerdict? Find(string connection)
    {
        lock (_gate) return _verdicts.GetValueOrDefault(connection);
    }

    /// <summary>Remembers a verdict, unless a later epoch is known.</summary>
    public void Remember(string connection, HandoffVerdict verdict)
    {
        lock (_gate)
        {
            if (_verdicts.TryGetValue(connection, out var known))
            {
                if (known.Epoch > verdict.Epoch) return;
                if (verdict is HandoffVerdict.Refused refused) verdict = refused with { Earlier = known.Owned };
            }

            _verdicts[connection] = verdict;
            _order.Enqueue((connection, verdict));
            if (_order.Count > Capacity && _order.Dequeue() is var (oldest, old) && _verdicts.GetValueOrDefault(oldest) == old)
                _verdicts.Remove(oldest);
        }
    }

    /// <summary>The connection's segments are forwarded from now on.</summary>
    public void Forward(string connection, ForwardedConnection forwarded)
    {
        lock (_gate)
        {
            _forwarded[connection] = forwarded;
            _forwardedFlows[forwarded.Entry.Flow] = connection;
        }
    }

    /// <summary>The forwarding of a connection; null: its segments are not forwarded.</summary>
    public ForwardedConnection? FindForwarded(string connection)
    {
        lock (_gate) return _forwarded.GetValueOrDefault(connection);
    }

    /// <summary>The connection whose segments are forwarded on this flow; null: there is none.</summary>
    public string? FindForwarded(in FlowKey flow)
    {
        lock (_gate) return _forwardedFlows.GetValueOrDefault(flow);
    }

    /// <summary>Ends the forwarding of a connection; false where it has changed since, or has ended.</summary>
    public bool TryEndForwarding(string connection, ForwardedConnection forwarded)
    {
        lock (_gate)
        {
            if (_forwarded.GetValueOrDefault(connection) != forwarded) return false;
            if (_forwardedFlows.GetValueOrDefault(forwarded.Entry.Flow) == connection)
                _forwardedFlows.Remove(forwarded.Entry.Flow);
            return _forwarded.Remove(connection);
        }
    }

    /// <summary>The connections whose segments go to a node.</summary>
    public IReadOnlyList<(string Connection, ForwardedConnection Forwarded)> ForwardedTo(string node)
    {
        lock (_gate)
            return [.. _forwarded.Where(entry => entry.Value.Node == node).Select(entry => (entry.Key, entry.Value))];
    }
}
