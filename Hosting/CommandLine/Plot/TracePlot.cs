using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using static ActorStack.CommandLine.Plot.Palette;

namespace ActorStack.CommandLine.Plot;

/// <summary>
/// Draws a trace as one SVG of several panels, one below the other, with a common time axis: sequence, windows and round trip.
/// </summary>
internal static class TracePlot
{
    private const int Width = 1400;
    private const int Columns = 1200;

    public static string Draw(TraceSeries trace)
    {
        (PlotModel Panel, int Height)[] panels =
            [(DrawSequence(trace), 420), (DrawWindows(trace), 340), (DrawRoundTrip(trace), 240)];
        using var svg = new StringWriter(CultureInfo.InvariantCulture);
        svg.WriteLine(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{panels.Sum(panel => panel.Height)}\">");
        var top = 0;
        foreach (var (panel, height) in panels)
        {
            var exporter = new SvgExporter { Width = Width, Height = height, UseVerticalTextAlignmentWorkaround = true };
            var drawn = exporter.ExportToString(panel);

            // The panel loses its XML declaration and gets unique names for its clip paths, because all panels share one
            // document.
            drawn = drawn[drawn.IndexOf("<svg", StringComparison.Ordinal)..]
                .Replace("\"clipPath", $"\"clip{top}-").Replace("#clipPath", $"#clip{top}-");
            svg.WriteLine($"<g transform=\"translate(0,{top})\">{drawn}</g>");
            top += height;
        }

        svg.WriteLine("</svg>");
        return svg.ToString();
    }

    private static PlotModel DrawSequence(TraceSeries trace)
    {
        const double MB = 1e6;
        var panel = Panel(trace, "sequence, MB");
        panel.Title = trace.Title;
        var isSender = trace.Sent.Sum(packet => packet.End - packet.Start)
            >= trace.Received.Sum(packet => packet.End - packet.Start);
        if (!isSender)
        {
            panel.Series.Add(Points("received", Blue, [.. trace.Received.Select(packet => (packet.At, packet.End / MB))]));
            return panel;
        }

        panel.Series.Add(Line("sent", Blue, [.. trace.Sent.Select(packet => (packet.At, packet.End / MB))]));
        panel.Series.Add(Line("acknowledged", Green, [.. trace.Acknowledged.Select(point => (point.At, point.Value / MB))]));
        panel.Series.Add(Points("resent", Red, [.. trace.Resent.Select(packet => (packet.At, packet.Start / MB))]));
        return panel;
    }

    /// <summary>
    /// Draws the windows. The vertical axis follows the congestion window, so that a much larger window of the peer leaves the
    /// picture.
    /// </summary>
    private static PlotModel DrawWindows(TraceSeries trace)
    {
        const double KB = 1e3;
        var panel = Panel(trace, "windows, kB");
        panel.Axes[1].Maximum = 1.2 * Math.Max(
            1, trace.Window.Concat(trace.InFlight).Select(point => point.Value).DefaultIfEmpty().Max() / KB);
        panel.Series.Add(Line("in flight", Grey, [.. trace.InFlight.Select(point => (point.At, point.Value / KB))]));
        panel.Series.Add(Line("congestion window", Blue, [.. trace.Window.Select(point => (point.At, point.Value / KB))]));
        panel.Series.Add(Line(
            "slow start threshold", Orange, [.. trace.Threshold.Select(point => (point.At, point.Value / KB))], LineStyle.Dash));
        panel.Series.Add(
            Line("peer's window", Green, [.. trace.PeerWindow.Select(point => (point.At, point.Value / KB))], LineStyle.Dot));
        panel.Series.Add(Points("loss detected", Red, [.. trace.Losses.Select(at => (at, 0.0))]));
        return panel;
    }

    private static PlotModel DrawRoundTrip(TraceSeries trace)
    {
        var panel = Panel(trace, "round trip, ms");
        panel.Axes[0].Title = "time, s";
        panel.Series.Add(Line("smoothed round trip", Blue, trace.SmoothedRoundTrip));
        panel.Series.Add(Line("smallest round trip", Green, trace.MinimumRoundTrip));
        return panel;
    }

    private static PlotModel Panel(TraceSeries trace, string title)
    {
        var panel = new PlotModel
        {
            TitleFontSize = 15,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Background = OxyColors.White,
            PlotMargins = new OxyThickness(90, double.NaN, 20, double.NaN),
        };
        panel.Axes.Add(Axis(AxisPosition.Bottom, 0, trace.Duration));
        var values = Axis(AxisPosition.Left, 0, double.NaN);
        values.Title = title;
        panel.Axes.Add(values);
        panel.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.TopCenter,
            LegendPlacement = LegendPlacement.Outside,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendMargin = 0,
        });
        foreach (var (at, to) in trace.Moves) panel.Annotations.Add(Move(at, to));
        return panel;
    }

    private static LinearAxis Axis(AxisPosition position, double minimum, double maximum) => new()
    {
        Position = position,
        Minimum = minimum,
        Maximum = maximum,
        MaximumPadding = 0.06,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromAColor(50, Grey),
        AxisTitleDistance = 22,
        StringFormat = "#,0.###",
    };

    private static LineSeries Line(
        string title, OxyColor color, IReadOnlyList<(double At, double Value)> points, LineStyle style = LineStyle.Solid)
    {
        var line = new LineSeries { Title = Label(title), Color = color, StrokeThickness = 1.4, LineStyle = style };
        line.Points.AddRange(Thinning.Thin(points, Columns).Select(point => new DataPoint(point.At, point.Value)));
        return line;
    }

    private static ScatterSeries Points(string title, OxyColor color, IReadOnlyList<(double At, double Value)> points)
    {
        var scatter =
            new ScatterSeries { Title = Label(title), MarkerType = MarkerType.Circle, MarkerSize = 2.5, MarkerFill = color };
        scatter.Points.AddRange(Thinning.Thin(points, Columns).Select(point => new ScatterPoint(point.At, point.Value)));
        return scatter;
    }

    /// <summary>Pads a label, because the exporter measures in Helvetica and clips the text of a wider font.</summary>
    private static string Label(string title) => title.PadRight(title.Length * 2 + 2, '\u00a0');

    private static LineAnnotation Move(double at, string to) => new()
    {
        Type = LineAnnotationType.Vertical,
        X = at,
        Color = Orange,
        LineStyle = LineStyle.Dash,
        Text = $"to {to}",
        TextColor = Orange,
    };
}
