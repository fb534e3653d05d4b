using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>One attack beside the undisturbed run just before it.</summary>
/// <param name="Drill">The attack's name.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="Packets">Packets the attacker sent.</param>
/// <param name="Connections">Connections the attacker held open at the end.</param>
/// <param name="Undisturbed">What the legitimate clients got done without the attack.</param>
/// <param name="Attacked">And during it.</param>
/// <param name="Ratio">Goodput of <paramref name="Attacked"/> to that of <paramref name="Undisturbed"/>.</param>
/// <param name="Steady">A connection that went on through both, its every byte compared; the attacks that aim at a connection aim
/// at it.</param>
/// <param name="SteadyRatio">Its goodput during the attack to that before.</param>
/// <param name="Before">The most memory of the service in the undisturbed run.</param>
/// <param name="Peak">And during the attack.</param>
/// <param name="After">At its end, after a collection, with what the attacker still holds.</param>
/// <param name="MemoryAllowed">Bytes by which the peak of the working set may exceed that of the undisturbed run: 50 MB, and what
/// the attacker's connections may hold.</param>
/// <param name="Counted">Drops and counters of Linux's names that rose during the attack.</param>
internal sealed record DrillFigure(
    string Drill, double Seconds, long Packets, int Connections, SwarmResult Undisturbed, SwarmResult Attacked, double Ratio,
    SteadyResult Steady, double SteadyRatio, MemoryReport Before, MemoryReport Peak, MemoryReport After, long MemoryAllowed,
    IReadOnlyDictionary<string, long> Counted)
{
    private const double LeastRatio = 0.8;

    /// <summary>No client failed, no byte differed, goodput and memory stayed within their bounds.</summary>
    public bool Held => IsIntact && Ratio >= LeastRatio && SteadyRatio >= LeastRatio && IsMemoryBounded;

    public bool IsIntact => Undisturbed.Failed == 0 && Attacked.Failed == 0 && Steady.Error is null;

    public bool IsMemoryBounded =>
        Peak.WorkingSet - Before.WorkingSet <= MemoryAllowed && Peak.Heap - Before.Heap <= MemoryAllowed;
}
