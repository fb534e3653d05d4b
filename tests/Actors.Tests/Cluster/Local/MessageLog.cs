using ActorStack.Actors.Cluster;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Cluster.Local;

/// <summary>Collects messages of any thread, and waits for them.</summary>
internal sealed class MessageLog
{
    private readonly Lock _gate = new();
    private readonly List<NodeMessage> _messages = [];
    private TaskCompletionSource _more = New();

    public int Count
    {
        get
        {
            lock (_gate) return _messages.Count;
        }
    }

    public void Add(NodeMessage message)
    {
        lock (_gate)
        {
            _messages.Add(message);
            _more.TrySetResult();
            _more = New();
        }
    }

    /// <summary>Waits until there are so many messages, and returns all.</summary>
    public Task<IReadOnlyList<NodeMessage>> TakeAsync(int count) => WaitAsync(all => all.Count >= count);

    /// <summary>Waits for a message.</summary>
    public Task UntilAsync(Func<NodeMessage, bool> condition) => WaitAsync(all => all.Any(condition));

    private async Task<IReadOnlyList<NodeMessage>> WaitAsync(Func<IReadOnlyList<NodeMessage>, bool> condition)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (condition(_messages)) return [.. _messages];
                more = _more.Task;
            }

            await more.WaitAsync(Patience.Limit);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
