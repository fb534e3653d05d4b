namespace ActorStack.Transport.Linux;

/// <summary>
/// All that a link or an engine sets up on its host. A look puts back what is missing, each part at a bounded rate: against
/// another program that takes the same away for ever, this one is no endless loop. What cannot be put back is told once.
/// </summary>
internal sealed class HostSetUp(params IEnumerable<HostPart> parts)
{
    /// <summary>Times that a part is put back as soon as it is missed; <see cref="Refill"/> gives one more.</summary>
    public const int MostAtOnce = 5;

    /// <summary>The time between putting a part back and putting it back again, in the long run.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);

    private readonly Tended[] _parts = [.. parts.Select(part => new Tended(part))];
    private volatile string? _defect;

    /// <summary>What connections lack now; null where all of it is there. From any thread.</summary>
    public string? Defect => _defect;

    /// <summary>Something is not there, or not for long.</summary>
    public bool IsIncomplete => _parts.Any(part => part.Trouble is not null);

    /// <summary>Looks at every part in the order of the set-up. Returns what was found to be taken away, or to be back.</summary>
    public IReadOnlyList<HostChange> Look(TimeSpan now)
    {
        List<HostChange> changes = [];
        foreach (var part in _parts)
        {
            if (part.MayBePutBack(now)) changes.AddRange(part.Look());
        }

        var troubles = _parts.Where(part => part is { IsVital: true, Trouble: not null })
            .Select(part => $"{part.Name}: {part.Trouble}").ToArray();
        _defect = troubles.Length > 0 ? string.Join("; ", troubles) : null;
        return changes;
    }

    private sealed class Tended(HostPart part)
    {
        private static readonly string Contested = "it is taken away again and again, and put back every "
            + $"{Refill.TotalSeconds:0} s";

        private double _credit = MostAtOnce;
        private TimeSpan _filledAt;

        public string Name => part.Name;

        public bool IsVital => part.IsVital;

        /// <summary>Why it is not there, or not for long; null: it is.</summary>
        public string? Trouble { get; private set; }

        public bool MayBePutBack(TimeSpan now)
        {
            _credit = Math.Min(MostAtOnce, _credit + (now - _filledAt) / Refill);
            _filledAt = now;
            return _credit >= 1;
        }

        public IEnumerable<HostChange> Look()
        {
            var before = Trouble;
            try
            {
                if (part.Ensure()) _credit--;
                else if (before is null) return [];
                Trouble = _credit < 1 ? Contested : null;
            }
            catch (LinuxException error)
            {
                Trouble = error.Message;
                return before == Trouble ? [] : [Change(HostChangeOutcome.Missing, Trouble)];
            }

            var restored = Change(HostChangeOutcome.Restored);
            return Trouble is null || before == Contested ? [restored] : [restored, Change(HostChangeOutcome.Contested, Trouble)];
        }

        private HostChange Change(HostChangeOutcome outcome, string detail = "") => new(part.Name, outcome, detail, part.IsVital);
    }
}
