namespace ActorStack.Transport.Linux;

/// <summary>
/// All that a link or an engine sets up on its host. A look puts back what is missing, at a bounded rate: against another program that
/// takes the same away for ever, this one is no endless loop. A part that cannot be put back is told once.
/// </summary>
internal sealed class HostSetUp(params IEnumerable<HostPart> parts)
{
    /// <summary>Looks that may put something back one after the other; <see cref="Refill"/> gives one more.</summary>
    public const int MostAtOnce = 5;

    /// <summary>The time between two looks that put something back, in the long run.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);

    private readonly HostPart[] _parts = [.. parts];
    private readonly Dictionary<string, string> _missing = [];
    private double _credit = MostAtOnce;
    private TimeSpan _filledAt;
    private volatile string? _defect;

    /// <summary>What connections lack now; null where all of it is there. From any thread.</summary>
    public string? Defect => _defect;

    /// <summary>It was taken away too often of late: nothing is looked at before the time of a <see cref="Refill"/> is over.</summary>
    public bool IsContested => _credit < 1;

    /// <summary>It cannot be put back now.</summary>
    public bool IsIncomplete => _missing.Count > 0;

    /// <summary>Looks at every part in the order of the set-up. Returns what was found to be taken away, or to be back.</summary>
    public IReadOnlyList<HostChange> Look(TimeSpan now)
    {
        _credit = Math.Min(MostAtOnce, _credit + (now - _filledAt) / Refill);
        _filledAt = now;
        if (IsContested) return [];
        List<HostChange> changes = [];
        foreach (var part in _parts)
        {
            if (Look(part) is { } change) changes.Add(change);
        }

        if (changes.Any(change => change.Outcome == HostChangeOutcome.Restored)) _credit--;
        var defect = string.Join("; ", _parts.Where(part => part.IsVital && _missing.ContainsKey(part.Name)).Select(part => $"{part.Name}: {_missing[part.Name]}"));
        if (IsContested && defect.Length == 0)
        {
            var last = string.Join(", ", changes.Select(change => change.Part));
            defect = $"{last}: taken away again and again; it is put back every {Refill.TotalSeconds:0} s";
            if (_defect is null) changes.Add(new HostChange(last, HostChangeOutcome.Contested, "find the program that takes it away"));
        }

        _defect = defect.Length > 0 ? defect : null;
        return changes;
    }

    /// <summary>Null where there is nothing new to tell of it.</summary>
    private HostChange? Look(HostPart part)
    {
        try
        {
            var wasMissing = part.Ensure();
            return wasMissing | _missing.Remove(part.Name) ? new HostChange(part.Name, HostChangeOutcome.Restored, IsVital: part.IsVital) : null;
        }
        catch (LinuxException error)
        {
            var isNew = !_missing.TryGetValue(part.Name, out var before) || before != error.Message;
            _missing[part.Name] = error.Message;
            return isNew ? new HostChange(part.Name, HostChangeOutcome.Missing, error.Message, part.IsVital) : null;
        }
    }
}
