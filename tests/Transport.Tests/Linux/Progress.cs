namespace ActorStack.Transport.Tests.Linux;

/// <summary>Lets a test wait until so many more bytes have passed.</summary>
internal sealed class Progress
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _total;
    private long _awaited = long.MaxValue;

    public void Add(long count)
    {
        lock (_gate)
        {
            _total += count;
            if (_total >= _awaited) _reached.TrySetResult();
        }
    }

    public void Complete() => Add(long.MaxValue / 2);

    public Task ForAsync(long count)
    {
        lock (_gate)
        {
            _awaited = _total + count;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_total >= long.MaxValue / 2) _reached.SetResult();
            return _reached.Task;
        }
    }
}
