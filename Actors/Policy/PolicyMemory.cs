namespace ActorStack.Actors.Policy;

/// <summary>What the policy remembers of one connection. Times are the caller's, from any fixed origin.</summary>
internal sealed class PolicyMemory
{
    private readonly Queue<TimeSpan> _moves = new();
    private Dictionary<string, Backoff>? _backoffs;
    private TimeSpan _sampledAt;
    private long _sampledBytes = -1;

    /// <summary>An operator placed the connection: the policy leaves it there until <see cref="Unpin"/>.</summary>
    public bool IsPinned { get; private set; }

    /// <summary>Bits per second over the last window; null before the first is full.</summary>
    public double? Rate { get; private set; }

    /// <summary>The rule that matched last and since when; null: none did.</summary>
    internal PolicyRule? Candidate { get; private set; }

    internal TimeSpan CandidateSince { get; private set; }

    internal bool HasCandidate { get; private set; }

    /// <summary>The last candidate that was followed: its thresholds are slackened.</summary>
    internal PolicyRule? InForce { get; set; }

    /// <summary>An operator placed the connection: rules move it no more.</summary>
    public void Pin() => IsPinned = true;

    /// <summary>Rules may move the connection again.</summary>
    public void Unpin() => IsPinned = false;

    /// <summary>The connection moved, by whatever cause.</summary>
    public void NoteMove(TimeSpan now)
    {
        _moves.Enqueue(now);
        if (_moves.Count > OffloadPolicy.MaximumMovesRemembered) _moves.Dequeue();
    }

    /// <summary>
    /// The engine refused the connection or asked to be rid of it: it is left alone for a time that doubles each time.
    /// </summary>
    public void NoteEngineDeclined(string engine, OffloadPolicy policy, TimeSpan now)
    {
        _backoffs ??= [];
        var wait = policy.Backoff;
        if (_backoffs.TryGetValue(engine, out var last) && now - last.Until < policy.MaximumBackoff)
            wait = TimeSpan.FromTicks(Math.Min(last.Wait.Ticks * 2, policy.MaximumBackoff.Ticks));
        _backoffs[engine] = new Backoff(now + wait, wait);
    }

    internal bool IsBackedOff(string engine, TimeSpan now) =>
        _backoffs is not null && _backoffs.TryGetValue(engine, out var backoff) && now < backoff.Until;

    internal bool MayMove(OffloadPolicy policy, TimeSpan now)
    {
        var recent = 0;
        foreach (var at in _moves)
        {
            if (now - at < policy.MinimumStay) return false;
            if (now - at < policy.MovesWindow) recent++;
        }

        return recent < policy.MaximumMoves;
    }

    internal void Sample(long bytes, TimeSpan window, TimeSpan now)
    {
        if (_sampledBytes >= 0)
        {
            var elapsed = now - _sampledAt;
            if (elapsed < window) return;
            Rate = (bytes - _sampledBytes) * 8 / elapsed.TotalSeconds;
        }

        _sampledAt = now;
        _sampledBytes = bytes;
    }

    internal void Consider(PolicyRule? candidate, TimeSpan now)
    {
        if (HasCandidate && ReferenceEquals(candidate, Candidate)) return;
        HasCandidate = true;
        Candidate = candidate;
        CandidateSince = now;
    }

    private readonly record struct Backoff(TimeSpan Until, TimeSpan Wait);
}
