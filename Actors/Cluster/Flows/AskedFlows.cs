using System.Diagnostics.CodeAnalysis;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>The flows of one loop whose owner is being asked for. Flows, frames and bytes are bounded.</summary>
internal sealed class AskedFlows(UnknownFlowLimits limits)
{
    private readonly Dictionary<FlowKey, AskedFlow> _flows = [];
    private readonly Queue<(TimeSpan Due, AskedFlow Flow)> _doubted = new();

    public int Count => _flows.Count;

    /// <summary>The bytes of all held frames.</summary>
    public long Bytes { get; private set; }

    /// <summary>The time at which a flow is to be asked about for the second time; null: none.</summary>
    public TimeSpan? NextDeadline => _doubted.TryPeek(out var next) ? next.Due : null;

    /// <summary>Keeps a copy of the frame. False: a limit is reached.</summary>
    /// <param name="key">The flow of the frame.</param>
    /// <param name="frame">The frame, which stays the caller's.</param>
    /// <param name="isNew">The flow has to be asked about.</param>
    public bool TryHold(in FlowKey key, in LinkFrame frame, out bool isNew)
    {
        isNew = false;
        if (Bytes + frame.Length > limits.Bytes) return false;
        if (!_flows.TryGetValue(key, out var flow))
        {
            if (_flows.Count >= limits.Flows) return false;
            isNew = true;
            flow = new AskedFlow(key);
            _flows.Add(key, flow);
        }
        else if (flow.Held.Count >= limits.FramesPerFlow)
        {
            return false;
        }

        flow.Hold(frame);
        Bytes += frame.Length;
        return true;
    }

    public bool TryFind(in FlowKey key, [NotNullWhen(true)] out AskedFlow? flow) => _flows.TryGetValue(key, out flow);

    public void Remove(AskedFlow flow)
    {
        _flows.Remove(flow.Key);
        Bytes -= flow.Bytes;
    }

    /// <summary>No node has the flow, and it is to be asked about once more.</summary>
    public void Doubt(AskedFlow flow, TimeSpan now)
    {
        flow.IsDoubted = true;
        _doubted.Enqueue((now + limits.Confirmation, flow));
    }

    /// <summary>Takes a flow that is to be asked about for the second time; false: none is due.</summary>
    public bool TryTakeDoubted(TimeSpan now, [NotNullWhen(true)] out AskedFlow? flow)
    {
        flow = null;
        if (!_doubted.TryPeek(out var next) || next.Due > now) return false;
        flow = _doubted.Dequeue().Flow;
        return true;
    }
}
