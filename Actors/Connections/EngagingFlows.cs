using Akka.Dispatch;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Flows of one loop that were steered to engines, while older frames of theirs may still be in the queues of the link. An
/// engine takes frames off the wire only when those older frames have been forwarded, because newer frames would overtake them.
/// Older frames can be in any queue, so every loop must drain its queue once. Used on the loop's thread only.
/// </summary>
internal sealed class EngagingFlows(StackShared stack, int index)
{
    private readonly List<Round> _awaited = [];
    private List<FlowEntry> _flows = [];

    public void Add(FlowEntry entry) => _flows.Add(entry);

    /// <summary>The loop has read its queue to the end and has handed over the frames of other loops.</summary>
    public void OnDrained()
    {
        foreach (var round in _awaited) round.Note();
        _awaited.Clear();
        if (_flows.Count == 0) return;
        var engaging = new Round(stack, index, _flows);
        _flows = [];
        engaging.Begin();
    }

    /// <summary>Counts the loops that have not drained yet; the last one engages the flow on the flow's own loop.</summary>
    private sealed class Round(StackShared stack, int index, List<FlowEntry> flows) : IRunnable
    {
        private int _left = stack.HandOvers.Count;

        public void Begin()
        {
            for (var i = 0; i < stack.HandOvers.Count; i++)
            {
                // A loop that has ended hands no frames over any more.
                if (i != index && !stack.HandOvers[i].TryExecute(new Request(this, stack.Engaging[i]))) Note();
            }

            Note(); // for the own loop
        }

        public void Note()
        {
            if (Interlocked.Decrement(ref _left) > 0) return;
            if (stack.HandOvers.Count == 1) Run();
            else stack.HandOvers[index].TryExecute(this);
        }

        /// <summary>Runs after the frames that were handed over before it.</summary>
        public void Run()
        {
            foreach (var entry in flows)
            {
                if (entry.SteeredTo is { } owner) owner.Engine.Engage(owner.Handle);
            }
        }

        /// <inheritdoc/>
        public void Execute() => Run();
    }

    /// <summary>Runs on another loop between two reads, and answers when a read finds that loop's queue empty.</summary>
    private sealed class Request(Round round, EngagingFlows loop) : IRunnable
    {
        public void Run() => loop._awaited.Add(round);

        /// <inheritdoc/>
        public void Execute() => Run();
    }
}
