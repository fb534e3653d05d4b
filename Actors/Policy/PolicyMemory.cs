namespace ActorStack.Actors.Policy;

/// <summary>The policy's memory of one connection. The caller gives all times, measured from one fixed origin.</summary>
internal sealed class PolicyMemory
{
    private readonly Queue<TimeSpan> _moves = new();
    private Dictionary<string, Backoff>? _backoffs;
    private TimeSpan _sampledAt;
    private long _sampledBytes = -1;

    /// <summary>True where an operator placed the connection; the policy leaves it there until <see cref="Unpin"/>.</summary>
    public bool IsPinned { get; private set; }

    /// <summary>The rate in bits per second over the last window; null before the first window has passed.</summary>
    public double? Rate { get; private set; }

    /// <summary>The rule that matches, and since when; null: none.</summary>
    internal PolicyRule? Candidate { get; private set; }

    internal TimeSpan CandidateSince { get; private set; }

    internal bool HasCandidate { get; private set; }

    /// <summary>The rule in force, whose thresholds are widened by the hysteresis.</summary>
    internal PolicyRule? InForce { get; set; }

    /// <summary>An operator has placed the connection: rules do not move it any more.</summary>
    public void Pin() => IsPinned = true;

    /// <summary>Rules may move the connection again.</summary>
    public void Unpin() => IsPinned = false;

    /// <summary>Notes a move of the connection, whatever its cause.</summary>
    public void NoteMove(TimeSpan now)
    {
        _moves.Enqueue(now);
        if (_moves.Count > OffloadPolicy.MaximumMovesRemembered) _moves.Dequeue();
    }

    /// <summary>
    /// Notes that the engine refused the connection or asked to be rid of it. The engine is not used for a time that doubles
    /// with each refusal.
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
