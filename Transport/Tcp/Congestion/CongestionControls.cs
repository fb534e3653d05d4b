using ActorStack.Transport.State;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The congestion control algorithms by name.</summary>
public static class CongestionControls
{
    public const string Default = Cubic.AlgorithmName;

    /// <summary>The names that can be chosen.</summary>
    public static IReadOnlyList<string> Names { get; } = [Cubic.AlgorithmName, Reno.AlgorithmName];

    /// <summary>The names for people.</summary>
    public static string List => string.Join(", ", Names);

    /// <summary>Gives back <paramref name="name"/> where it names an algorithm.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static string Check(string name) => Names.Contains(name)
        ? name
        : throw new ArgumentException($"There is no congestion control '{name}'; choose one of {List}.", nameof(name));

    /// <param name="maximumSegment">Payload bytes of a full segment.</param>
    internal static ICongestionControl Create(string name, int maximumSegment) => Restore(name, maximumSegment, 0, 0, [], TimeSpan.Zero);

    /// <summary>
    /// Goes on with the record's algorithm. Where the record names none that is known here, <paramref name="otherwise"/> goes on with
    /// its window and threshold.
    /// </summary>
    internal static ICongestionControl Restore(TcpConnectionState state, string otherwise, int maximumSegment, TimeSpan now)
    {
        var isKnown = Names.Contains(state.CongestionAlgorithm);
        return Restore(
            isKnown ? state.CongestionAlgorithm : otherwise, maximumSegment, state.Cwnd, state.SsThresh,
            isKnown ? state.CongestionPrivate : [], now);
    }

    private static ICongestionControl Restore(
        string name, int maximumSegment, uint window, uint threshold, ReadOnlySpan<long> exported, TimeSpan now)
    {
        if (name == Reno.AlgorithmName) return new Reno(maximumSegment, window, threshold, exported, now);
        return new Cubic(maximumSegment, window, threshold, exported, now);
    }
}
