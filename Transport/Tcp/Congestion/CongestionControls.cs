using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The congestion control algorithms by name.</summary>
public static class CongestionControls
{
    /// <summary>The algorithm where none is configured.</summary>
    public const string Default = Cubic.AlgorithmName;

    /// <summary>The names that can be chosen.</summary>
    public static IReadOnlyList<string> Names { get; } = [Cubic.AlgorithmName, Bbr.AlgorithmName, Reno.AlgorithmName];

    /// <summary>The names for people.</summary>
    public static string List => string.Join(", ", Names);

    /// <summary>Returns <paramref name="name"/> where it names an algorithm.</summary>
    /// <exception cref="ArgumentException">There is no algorithm of this name.</exception>
    public static string Check(string name) => Names.Contains(name)
        ? name
        : throw new ArgumentException($"There is no congestion control '{name}'; choose one of {List}.", nameof(name));

    /// <summary>The algorithm at the start of a connection.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="maximumSegment">Payload bytes of a full segment.</param>
    /// <param name="seed">Seed of the algorithm's randomness, where it has any; it travels with the connection.</param>
    /// <param name="now">The connection's time.</param>
    internal static ICongestionControl Create(string name, int maximumSegment, long seed, TimeSpan now) =>
        Restore(name, maximumSegment, 0, 0, [], seed, now);

    /// <summary>The section of the record.</summary>
    internal static CongestionSection Export(ICongestionControl control, TimeSpan now) => new()
    {
        Algorithm = control.Name,
        Cwnd = control.Window,
        SsThresh = control.SlowStartThreshold,
        PrivateState = control.Export(now),
    };

    /// <summary>
    /// Continues with the record's algorithm. Where the record names none that is known here, <paramref name="otherwise"/>
    /// continues with its window and threshold.
    /// </summary>
    internal static ICongestionControl Restore(
        CongestionSection section, string otherwise, int maximumSegment, long seed, TimeSpan now)
    {
        var isKnown = Names.Contains(section.Algorithm);
        return Restore(
            isKnown ? section.Algorithm : otherwise, maximumSegment, section.Cwnd, section.SsThresh,
            isKnown ? section.PrivateState : [], seed, now);
    }

    /// <summary>Continues in the middle of a connection with the window and threshold of <paramref name="former"/>.</summary>
    internal static ICongestionControl Succeed(
        ICongestionControl former, string name, int maximumSegment, long seed, TimeSpan now) =>
        Restore(name, maximumSegment, former.Window, former.SlowStartThreshold, [], seed, now);

    private static ICongestionControl Restore(
        string name, int maximumSegment, uint window, uint threshold, ReadOnlySpan<long> exported, long seed, TimeSpan now)
    {
        if (name == Reno.AlgorithmName) return new Reno(maximumSegment, window, threshold, exported, now);
        if (name == Bbr.AlgorithmName) return new Bbr(maximumSegment, window, exported, seed, now);
        return new Cubic(maximumSegment, window, threshold, exported, now);
    }
}
