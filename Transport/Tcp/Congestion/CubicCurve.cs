namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>W_cubic(t) of RFC 9438 section 4.2, in segments and seconds.</summary>
/// <param name="Maximum">W_max: the plateau, the window before the last decrease.</param>
/// <param name="Inflection">K: time from the epoch's start to the plateau.</param>
internal readonly record struct CubicCurve(double Maximum, double Inflection)
{
    /// <summary>C.</summary>
    private const double Scale = 0.4;

    /// <summary>Figure 2: the curve that has <paramref name="window"/> at the epoch's start.</summary>
    public static CubicCurve From(double maximum, double window) => window < maximum
        ? new CubicCurve(maximum, Math.Cbrt((maximum - window) / Scale))
        : new CubicCurve(window, 0);

    /// <summary>Figure 1.</summary>
    public double At(double seconds)
    {
        var distance = seconds - Inflection;
        return Scale * distance * distance * distance + Maximum;
    }
}
