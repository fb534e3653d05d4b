namespace ActorStack.CommandLine.Lab;

/// <summary>Order statistics of a set of values.</summary>
internal sealed class Percentiles
{
    private readonly double[] _sorted;

    public Percentiles(IEnumerable<double> values) => _sorted = [.. values.Order()];

    public int Count => _sorted.Length;

    /// <param name="share">0 is the smallest, 0.5 the median, 1 the largest. The result is NaN where there are no
    /// values.</param>
    public double At(double share) => _sorted.Length == 0 ? double.NaN : _sorted[(int)Math.Round(share * (_sorted.Length - 1))];
}
