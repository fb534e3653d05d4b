using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ActorStack.CommandLine.Plot;

/// <summary>Draws a trace: sequence, windows and round trip against time, a panel each under one time axis.</summary>
internal static class TracePlot
{
    private const int Width = 1400;
    private const int Height = 1000;
    private const int Columns = 1200;
    private const string Time = "time";
    private const string Sequence = "sequence";
    private const string Windows = "windows";
    private const string RoundTrip = "rtt";

    private static readonly OxyColor Blue = OxyColor.FromRgb(0x1f, 0x6f, 0xb4);
    private static readonly OxyColor Red = OxyColor.FromRgb(0xd6, 0x27, 0x28);
    private static readonly OxyColor Green = OxyColor.FromRgb(0x2c, 0x8f, 0x3c);
    private static readonly OxyColor Orange = OxyColor.FromRgb(0xe6, 0x83, 0x10);
    private static readonly OxyColor Grey = OxyColor.FromRgb(0x88, 0x88, 0x88);

    public static void Write(TraceSeries trace, Stream output)
    {
        var model = new PlotModel { Title = trace.Title, TitleFontSize = 16, DefaultFont = "sans-serif", Background = OxyColors.White, PlotMargins = new OxyThickness(90, 10, 20, 50) };
        model.Axes.Add(new LinearAxis
        {
            Key = Time,
            Position = AxisPosition.Bottom,
            Title = "time, s",
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Light,
            MinimumPadding = 0.01,
            MaximumPadding = 0.01,
        });
        DrawSequence(model, trace);
        DrawWindows(model, trace);
        DrawRoundTrip(model, trace);
        foreach (var (at, to) in trace.Moves) model.Annotations.Add(Move(at, to));
        new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.Export(model, output);
    }

    private static OxyColor Light => OxyColor.FromAColor(40, Grey);

    private static void DrawSequence(PlotModel model, TraceSeries trace)
    {
        const double MB = 1e6;
        AddPanel(model, Sequence, "sequence, MB", 0.62, 1);
        var isSender = trace.Sent.Sum(packet => packet.End - packet.Start) >= trace.Received.Sum(packet => packet.End - packet.Start);
        if (isSender)
        {
            model.Series.Add(Line("sent", Sequence, Blue, [.. trace.Sent.Select(packet => (packet.At, packet.End / MB))]));
            model.Series.Add(Line("acknowledged", Sequence, Green, [.. trace.Acknowledged.Select(point => (point.At, point.Value / MB))]));
            model.Series.Add(Points("resent", Sequence, Red, [.. trace.Resent.Select(packet => (packet.At, packet.Start / MB))]));
        }
        else
        {
            model.Series.Add(Points("received", Sequence, Blue, [.. trace.Received.Select(packet => (packet.At, packet.End / MB))]));
        }
    }

    private static void DrawWindows(PlotModel model, TraceSeries trace)
    {
        const double KB = 1e3;
        AddPanel(model, Windows, "bytes, kB", 0.27, 0.58);
        var highest = trace.Window.Concat(trace.InFlight).Select(point => point.Value).DefaultIfEmpty().Max();
        model.Series.Add(Line("in flight", Windows, Grey, [.. trace.InFlight.Select(point => (point.At, point.Value / KB))]));
        model.Series.Add(Line("congestion window", Windows, Blue, [.. trace.Window.Select(point => (point.At, point.Value / KB))]));
        model.Series.Add(Line("slow start threshold", Windows, Orange, [.. trace.Threshold.Select(point => (point.At, point.Value / KB))], LineStyle.Dash));

        // A window of the peer's that is far above would press all else to the bottom.
        if (trace.PeerWindow.Count > 0 && trace.PeerWindow.Min(point => point.Value) <= 2 * highest)
            model.Series.Add(Line("peer's window", Windows, Green, [.. trace.PeerWindow.Where(point => point.Value <= 4 * highest).Select(point => (point.At, point.Value / KB))], LineStyle.Dot));
        model.Series.Add(Points("loss detected", Windows, Red, [.. trace.Losses.Select(at => (at, 0.0))]));
    }

    private static void DrawRoundTrip(PlotModel model, TraceSeries trace)
    {
        AddPanel(model, RoundTrip, "round trip, ms", 0, 0.23);
        model.Series.Add(Line("smoothed", RoundTrip, Blue, trace.SmoothedRoundTrip));
        model.Series.Add(Line("minimum", RoundTrip, Green, trace.MinimumRoundTrip));
    }

    private static void AddPanel(PlotModel model, string key, string title, double from, double to)
    {
        model.Axes.Add(new LinearAxis
        {
            Key = key,
            Position = AxisPosition.Left,
            Title = title,
            StartPosition = from,
            EndPosition = to,
            Minimum = 0,
            MaximumPadding = 0.08,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Light,
            AxisTitleDistance = 8,
            StringFormat = "#,0.###",
        });
        model.Legends.Add(new Legend
        {
            Key = key,
            LegendPosition = LegendPosition.LeftTop,
            LegendPlacement = LegendPlacement.Inside,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendBackground = OxyColor.FromAColor(220, OxyColors.White),
            LegendBorder = Light,
            LegendFontSize = 12,
        });
    }

    private static LineSeries Line(string title, string panel, OxyColor color, IReadOnlyList<(double At, double Value)> points, LineStyle style = LineStyle.Solid)
    {
        var line = new LineSeries { Title = title, XAxisKey = Time, YAxisKey = panel, LegendKey = panel, Color = color, StrokeThickness = 1.4, LineStyle = style };
        line.Points.AddRange(Thinning.Thin(points, Columns).Select(point => new DataPoint(point.At, point.Value)));
        return line;
    }

    private static ScatterSeries Points(string title, string panel, OxyColor color, IReadOnlyList<(double At, double Value)> points)
    {
        var scatter = new ScatterSeries
        {
            Title = title,
            XAxisKey = Time,
            YAxisKey = panel,
            LegendKey = panel,
            MarkerType = MarkerType.Circle,
            MarkerSize = 2.5,
            MarkerFill = color,
        };
        scatter.Points.AddRange(Thinning.Thin(points, Columns).Select(point => new ScatterPoint(point.At, point.Value)));
        return scatter;
    }

    private static LineAnnotation Move(double at, string to) => new()
    {
        Type = LineAnnotationType.Vertical,
        X = at,
        XAxisKey = Time,
        YAxisKey = Sequence,
        Color = Orange,
        LineStyle = LineStyle.Dash,
        Text = $"to {to}",
        TextColor = Orange,
    };
}
