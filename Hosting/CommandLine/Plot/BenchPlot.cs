using ActorStack.CommandLine.Bench;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ActorStack.CommandLine.Plot;

/// <summary>Draws a benchmark as SVG: the ratio of each figure to that of plain .NET sockets in the same run.</summary>
internal static class BenchPlot
{
    private const int Width = 1000;
    private const int HeightOfScenario = 70;
    private const int Rest = 130;

    private static readonly OxyColor[] Colors = [Palette.Blue, Palette.Green, Palette.Orange, Palette.Grey, Palette.Red];

    public static string Draw(BenchReport report)
    {
        BenchFigure[] figures =
            [.. report.Figures.Where(figure => figure.RatioToPlain is not null && figure.Target != Target.Plain)];
        string[] scenarios = [.. figures.Select(figure => figure.Scenario).Distinct().Reverse()];
        var model = new PlotModel
        {
            Title = $"ratio to plain .NET sockets, {report.Processors} processors",
            TitleFontSize = 15,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Background = OxyColors.White,
        };
        var categories = new CategoryAxis { Position = AxisPosition.Left, GapWidth = 0.4 };
        categories.Labels.AddRange(scenarios);
        model.Axes.Add(categories);
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Minimum = 0,
            MaximumPadding = 0.08,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColor.FromAColor(50, Palette.Grey),
        });
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside });
        foreach (var (index, target) in figures.Select(figure => figure.Target).Distinct().Index())
        {
            var color = Colors[index % Colors.Length];
            var bars = new BarSeries { Title = target, FillColor = color, LabelFormatString = "{0:0.00}" };
            foreach (var figure in figures.Where(figure => figure.Target == target))
                bars.Items.Add(new BarItem(figure.RatioToPlain!.Value, Array.IndexOf(scenarios, figure.Scenario)));
            model.Series.Add(bars);
        }

        model.Annotations.Add(new LineAnnotation
        {
            Type = LineAnnotationType.Vertical,
            X = 1,
            Color = Palette.Red,
            LineStyle = LineStyle.Dash,
        });
        var exporter = new SvgExporter
        {
            Width = Width,
            Height = Rest + HeightOfScenario * Math.Max(1, scenarios.Length),
            UseVerticalTextAlignmentWorkaround = true,
        };
        return exporter.ExportToString(model);
    }
}
