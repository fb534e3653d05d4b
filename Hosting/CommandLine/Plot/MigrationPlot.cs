using ActorStack.Actors.Migration;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ActorStack.CommandLine.Plot;

/// <summary>Draws moves as SVG: the blackout of each against the time at which it ended.</summary>
internal static class MigrationPlot
{
    private const int Width = 1200;
    private const int Height = 480;

    public static string Draw(string title, IReadOnlyList<MigrationRecord> records)
    {
        var model = new PlotModel
        {
            Title = title,
            TitleFontSize = 15,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Background = OxyColors.White,
        };
        model.Axes.Add(new DateTimeAxis { Position = AxisPosition.Bottom, StringFormat = "HH:mm:ss", Title = "time, UTC" });
        model.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Left,
            Title = "blackout, ms",
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColor.FromAColor(50, Palette.Grey),
        });
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.TopRight, LegendPlacement = LegendPlacement.Outside });
        foreach (var group in records.Where(record => record.BlackoutMicroseconds > 0).GroupBy(record => record.Outcome))
        {
            var series = new ScatterSeries
            {
                Title = group.Key.ToString(),
                MarkerType = MarkerType.Circle,
                MarkerSize = 3.5,
                MarkerFill = group.Key is MigrationOutcome.Completed ? Palette.Green : Palette.Red,
            };
            series.Points.AddRange(group.Select(record => new ScatterPoint(
                DateTimeAxis.ToDouble(record.At.UtcDateTime), record.BlackoutMicroseconds / 1e3)));
            model.Series.Add(series);
        }

        var exporter = new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true };
        return exporter.ExportToString(model);
    }
}
