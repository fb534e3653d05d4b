using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// Signs of life: probes that have no answer (RFC 9293 sections 3.8.4 and 3.8.6.1), and how long each end has been silent.
/// </summary>
internal struct Liveness
{
    private TimeSpan? _challengedAt;

    /// <summary>Window probes without an answer.</summary>
    public int PersistProbes { get; private set; }

    /// <summary>When the first probe of the closed window was due; null: none was.</summary>
    public TimeSpan? PersistingSince { get; private set; }

    /// <summary>Keepalive probes without an answer.</summary>
    public int KeepaliveProbes { get; private set; }

    /// <summary>When the last acceptable segment arrived.</summary>
    public TimeSpan LastReceived { get; private set; }

    /// <summary>When the last segment with payload, SYN or FIN was sent.</summary>
    public TimeSpan LastSent { get; private set; }

    /// <summary>An acceptable segment arrived.</summary>
    public void OnReceived(TimeSpan now) => (LastReceived, KeepaliveProbes) = (now, 0);

    /// <summary>The peer's SYN arrived.</summary>
    public void OnSynReceived(TimeSpan now) => LastReceived = now;

    /// <summary>Sequence numbers were sent.</summary>
    public void OnSent(TimeSpan now) => LastSent = now;

    /// <summary>Something new was acknowledged.</summary>
    public void OnProgress() => PersistProbes = 0;

    /// <summary>The peer's window is open.</summary>
    public void OnWindowOpened() => PersistingSince = null;

    /// <summary>The persist timer expired.</summary>
    public void OnPersistTimeout(TimeSpan now) => PersistingSince ??= now;

    /// <summary>A window probe is due.</summary>
    public void OnPersistProbe() => PersistProbes++;

    /// <summary>A keepalive probe is due.</summary>
    public void OnKeepaliveProbe() => KeepaliveProbes++;

    /// <summary>An unacceptable segment is answered.</summary>
    public void OnChallenge(TimeSpan now) => _challengedAt = now;

    /// <summary>
    /// An unacceptable segment was answered within <paramref name="interval"/>: what the answer says has been said.
    /// </summary>
    public readonly bool WasJustChallenged(TimeSpan interval, TimeSpan now) => _challengedAt is { } last && now - last < interval;

    /// <summary>The section of the record.</summary>
    public readonly LivenessSection Export(TimeSpan now) => new()
    {
        PersistProbes = PersistProbes,
        PersistingTicks = Age.Of(PersistingSince, now),
        KeepaliveProbes = KeepaliveProbes,
        IdleTicks = (now - LastReceived).Ticks,
        SendIdleTicks = (now - LastSent).Ticks,
        ChallengedTicks = Age.Of(_challengedAt, now),
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(LivenessSection section, TimeSpan now)
    {
        PersistProbes = section.PersistProbes;
        PersistingSince = Age.Moment(section.PersistingTicks, now);
        KeepaliveProbes = section.KeepaliveProbes;
        LastReceived = Age.Ago(section.IdleTicks, now);
        LastSent = Age.Ago(section.SendIdleTicks, now);
        _challengedAt = Age.Moment(section.ChallengedTicks, now);
    }
}
