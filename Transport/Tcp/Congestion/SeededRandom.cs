namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>SplitMix64: random numbers whose whole state is one number, so that it can travel.</summary>
internal struct SeededRandom(long state)
{
    public long State = state;

    /// <summary>0 up to but not <paramref name="bound"/>.</summary>
    public long Next(long bound)
    {
        var mixed = unchecked((ulong)(State += (long)0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return (long)((mixed ^ (mixed >> 31)) % (ulong)bound);
    }
}
