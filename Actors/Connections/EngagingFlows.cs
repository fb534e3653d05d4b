using Akka.Dispatch;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Flows of one loop that went to engines, and whose frames are all forwarded once the queues of the link are drained. Until
/// then an engine takes no frames off the wire itself, because newer ones would overtake older ones. An older frame may be in any
/// queue, so every loop has to drain its own once. Belongs to the loop's thread.
/// </summary>
internal sealed class EngagingFlows(StackShared stack, int index)
{
    private readonly List<Round> _awaited = [];
    private List<FlowEntry> _flows = [];

    public void Add(FlowEntry entry) => _flows.Add(entry);

    /// <summary>The loop has read its queue to the end, and handed over what was in it for others.</summary>
    public void OnDrained()
    {
        foreach (var round in _awaited) round.Note();
        _awaited.Clear();
        if (_flows.Count == 0) return;
        var engaging = new Round(stack, index, _flows);
        _flows = [];
        engaging.Begin();
    }

    /// <summary>Waits for every loop, and is then run on the loop of its flows.</summary>
    private sealed class Round(StackShared stack, int index, List<FlowEntry> flows) : IRunnable
    {
        private int _left = stack.HandOvers.Count;

        public void Begin()
        {
            for (var i = 0; i < stack.HandOvers.Count; i++)
            {
                // A loop that has ended hands nothing over any more.
                if (i != index && !stack.HandOvers[i].TryExecute(new Request(this, stack.Engaging[i]))) Note();
            }

            Note(); // of the own loop
        }

        public void Note()
        {
            if (Interlocked.Decrement(ref _left) > 0) return;
            if (stack.HandOvers.Count == 1) Run();
            else stack.HandOvers[index].TryExecute(this);
        }

        /// <summary>After what was handed over before it.</summary>
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

    /// <summary>Run between two reads of a loop: the next read that finds the end of its queue answers.</summary>
    private sealed class Request(Round round, EngagingFlows loop) : IRunnable
    {
        public void Run() => loop._awaited.Add(round);

        /// <inheritdoc/>
        public void Execute() => Run();
    }
}
