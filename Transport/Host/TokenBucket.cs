namespace ActorStack.Transport.Host;

/// <summary>Lets <paramref name="rate"/> things a second pass, and as many at once after a second's rest.</summary>
internal sealed class TokenBucket(int rate)
{
    private double _tokens = rate;
    private TimeSpan _filledAt;

    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(rate, _tokens + rate * (now - _filledAt).TotalSeconds);
        _filledAt = now;
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }
}
