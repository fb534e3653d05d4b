namespace ActorStack.Transport.Host;

/// <summary>
/// Lets <paramref name="rate"/> things a second pass, and as many at once after a second's rest. From any thread.
/// </summary>
internal sealed class TokenBucket(int rate)
{
    private readonly Lock _gate = new();
    private double _tokens = rate;
    private TimeSpan _filledAt;

    public bool TryTake(TimeSpan now)
    {
        lock (_gate)
        {
            // Another thread's clock may have been read a little later.
            _tokens = Math.Min(rate, _tokens + rate * Math.Max(0, (now - _filledAt).TotalSeconds));
            if (now > _filledAt) _filledAt = now;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }
}
