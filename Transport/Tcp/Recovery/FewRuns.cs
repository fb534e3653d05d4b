namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The arrays of a dialogue, which has few runs outstanding. A connection has them while something is outstanding; then they go
/// to the next connection of the thread, so that an idle connection has none and a dialogue allocates none.
/// </summary>
internal sealed class FewRuns
{
    /// <summary>More than this are left to the garbage collector, in each thread.</summary>
    private const int MostKept = 256;

    private const int Capacity = 2;
    private const int Places = 4;

    [ThreadStatic]
    private static FewRuns? _free;

    private FewRuns? _next;
    private int _depth;

    private FewRuns()
    {
    }

    public TransmittedRun[] Runs { get; } = new TransmittedRun[Capacity];

    public int[] Order { get; } = new int[Places];

    public static FewRuns Take()
    {
        if (_free is not { } taken) return new FewRuns();
        _free = taken._next;
        return taken;
    }

    public static void Return(FewRuns returned)
    {
        var depth = _free is { } top ? top._depth + 1 : 1;
        if (depth > MostKept) return;
        (returned._next, returned._depth) = (_free, depth);
        _free = returned;
    }
}
