namespace ActorStack.Transport.Wire;

/// <summary>
/// Says which of several loops, or of a link's queues, has a flow: a keyed hash of both ends decides. Both directions of a flow
/// have the same hash, and everyone who knows the flow can compute it, so that no table is shared.
/// </summary>
/// <remarks>
/// The hash is multilinear: each 32-bit word of the addresses and the ports is multiplied by a secret factor of its own. So
/// nobody can choose addresses and ports that all lead to one loop. The upper half of the sum is then multiplied once more,
/// because the sums of neighbouring ports, as one client takes them, are equally far apart and may all be near each other.
/// </remarks>
public sealed class FlowSpread
{
    /// <summary>The most loops that a stack has.</summary>
    public const int MaximumCount = 16;

    /// <summary>Words of an IPv6 address; an IPv4 address is the last of them.</summary>
    internal const int AddressWords = 4;

    private readonly ulong[] _factors = new ulong[AddressWords + 2];

    /// <param name="count">Loops or queues, 1 to <see cref="MaximumCount"/>.</param>
    /// <param name="key">The secret that the factors are made of.</param>
    public FlowSpread(int count, ulong key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaximumCount);
        Count = count;
        for (var i = 0; i < _factors.Length; i++) _factors[i] = Mix(ref key) | 1;
    }

    /// <summary>All flows are the first loop's.</summary>
    public static FlowSpread OneLoop { get; } = new(1, key: 0);

    /// <summary>Loops or queues.</summary>
    public int Count { get; }

    /// <summary>The secret factors: of the address words in the order of the wire, then of the ports, then of the sum.</summary>
    internal ReadOnlySpan<ulong> Factors => _factors;

    /// <summary>The loop that has the flow, from 0.</summary>
    public int IndexOf(in FlowKey flow)
    {
        if (Count == 1) return 0;
        var high = flow.Local.Address.High ^ flow.Remote.Address.High;
        var low = flow.Local.Address.Low ^ flow.Remote.Address.Low;
        var ports = (ulong)(flow.Local.Port ^ flow.Remote.Port);
        var sum = unchecked(
            (high >> 32) * _factors[0] + (uint)high * _factors[1] + (low >> 32) * _factors[2] + (uint)low * _factors[3]
            + ports * _factors[4]);
        var mixed = unchecked((sum ^ (sum >> 32)) * _factors[5]);
        return (int)((mixed >> 32) * (uint)Count >> 32);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mix(ref ulong state)
    {
        var mixed = unchecked(state += 0x9E37_79B9_7F4A_7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB);
        return mixed ^ (mixed >> 31);
    }
}
