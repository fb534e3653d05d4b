namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>How often each fault may still happen, 0 to 15: four bits for each.</summary>
internal readonly record struct Budgets(ulong Packed)
{
    private const int Bits = 4;
    private const ulong Mask = (1 << Bits) - 1;

    public static Budgets None => default;

    public static Budgets Of(params ReadOnlySpan<(Fault Fault, int Times)> faults)
    {
        var packed = 0UL;
        foreach (var (fault, times) in faults) packed |= ((ulong)times & Mask) << Shift(fault);
        return new Budgets(packed);
    }

    public bool Allow(Fault fault) => ((Packed >> Shift(fault)) & Mask) != 0;

    /// <summary>One less of it.</summary>
    public Budgets Spend(Fault fault) => new(Packed - (1UL << Shift(fault)));

    private static int Shift(Fault fault) => (int)fault * Bits;
}
