using System.Diagnostics.CodeAnalysis;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>Flows that come from another node, and flows that another node has.</summary>
public sealed partial class TcpHost
{
    private readonly Queue<(TimeSpan Due, Flow Flow)> _forwardingEnds = new();
    private bool _isOwnerless;

    /// <summary>The flow is in the table of this host.</summary>
    public bool Has(in FlowKey flow) => _flows.Contains(flow);

    /// <summary>
    /// Input: a frame that got the verdict <see cref="HostAction.Ask"/>, and whose flow no host has. It gets the verdict of a
    /// host without a directory. Where the flow has come into the table meanwhile, its owner gets the frame.
    /// </summary>
    public HostVerdict OnOwnerlessFrame(in LinkFrame frame, TimeSpan now)
    {
        _isOwnerless = true;
        try
        {
            return OnFrame(frame, now);
        }
        finally
        {
            _isOwnerless = false;
        }
    }

    /// <summary>
    /// Application call: another node hands a connection over. The caller makes its owner, which holds segments until the state
    /// has come. A flow that this host forwards to another node becomes its own again.
    /// </summary>
    /// <param name="listener">
    /// The listener whose application is to run the connection. One without a port stands for connections that nodes open, which
    /// do not count for their remote address.
    /// </param>
    /// <param name="key">The flow; one of this host's by its hash.</param>
    /// <param name="refusal">The limit that does not allow the flow; null where <paramref name="flow"/> is not null, or where the
    /// flow has an owner already.</param>
    /// <param name="flow">The flow; null where it was refused.</param>
    public bool TryAdopt(Listener listener, in FlowKey key, out Flow? flow, out DropReason? refusal)
    {
        (flow, refusal) = (null, null);
        lock (Shared.Admission)
        {
            var known = _flows.Find(key);
            if (known is not null and not { Owner: NodeOwner }) return false;
            var isOpenedHere = listener.Port == 0;
            refusal = isOpenedHere ? FindRefusal(source: null) : FindRefusal(key.Remote.Address);
            if (refusal is not null) return false;
            if (known is not null) _flows.Remove(key);
            TimeWaits.Remove(key);
            flow = Add(listener, key, new PendingOwner(holds: true), isHalfOpen: false, countsForSource: !isOpenedHere);
            return true;
        }
    }

    /// <summary>
    /// Application call: the connection of a flow that this host forwards has ended. Its segments are forwarded for the length of
    /// TIME-WAIT more, because the peer may retransmit its FIN (RFC 9293 section 3.4.2).
    /// </summary>
    public void EndForwarding(Flow flow, TimeSpan now) => _forwardingEnds.Enqueue((now + Tcp.TimeWait, flow));

    /// <summary>
    /// Application call: the node to which a flow is forwarded is no more. The flow leaves the table at once, so that its
    /// segments get a RST. False: the flow came back meanwhile, or has left the table.
    /// </summary>
    public bool TryForget(Flow flow) => _flows.Find(flow.Key) == flow && _flows.Remove(flow.Key);

    /// <summary>
    /// Takes a flow that is forwarded no more out of the table; false where none is due. A flow that came back meanwhile stays.
    /// </summary>
    public bool TryTakeForwarded(TimeSpan now, [NotNullWhen(true)] out Flow? flow)
    {
        while (_forwardingEnds.TryPeek(out var end) && end.Due <= now)
        {
            flow = _forwardingEnds.Dequeue().Flow;
            if (_flows.Find(flow.Key) != flow) continue;
            _flows.Remove(flow.Key);
            return true;
        }

        flow = null;
        return false;
    }

    /// <summary>
    /// Another host may have the flow. A SYN begins a flow and asks for none; a connection sends no segment but a RST without an
    /// acknowledgment (RFC 9293 section 3.10.7.4).
    /// </summary>
    private bool MayBeElsewhere() =>
        _settings.HasDirectory && !_isOwnerless && (_packet.Tcp.Flags & (TcpFlags.Ack | TcpFlags.Rst)) != 0;

    private static HostVerdict Ask(in LinkFrame frame) => new(HostAction.Ask, null, frame, null);
}
