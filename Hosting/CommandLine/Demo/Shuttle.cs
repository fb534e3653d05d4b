using System.Diagnostics;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Lab;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves one connection from stack to stack and keeps account of what each of them did.</summary>
/// <param name="tour">Engines in turn; null: back to the software stack.</param>
internal sealed class Shuttle(IMover mover, string?[] tour)
{
    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, OwnerShare> _owners = [];
    private readonly List<MigrationRecord> _migrations = [];

    public IReadOnlyDictionary<string, OwnerShare> Owners => _owners;

    public IReadOnlyList<MigrationRecord> Migrations => _migrations;

    public async Task RunAsync(TimeSpan time, CancellationToken over)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await AnsiConsole.Live(new Text("")).StartAsync(async display =>
            {
                var shown = -Refresh;
                for (var step = 0; clock.Elapsed < time; step++)
                {
                    var snapshot = await StayAsync(clock, over);
                    if (clock.Elapsed - shown > Refresh)
                    {
                        display.UpdateTarget(Describe(snapshot, clock.Elapsed, time));
                        shown = clock.Elapsed;
                    }

                    _migrations.Add(tour[step % tour.Length] is { } engine ? await mover.OffloadAsync(engine, over) : await mover.UploadAsync(over));
                }
            });
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The transfer ended first; its result tells why.
            return;
        }
    }

    private async Task<ConnectionSnapshot> StayAsync(Stopwatch clock, CancellationToken over)
    {
        var (before, start) = (await mover.GetAsync(over), clock.Elapsed);
        await Task.Delay(Dwell, over);
        var (after, end) = (await mover.GetAsync(over), clock.Elapsed);
        if (before.RunsOn != after.RunsOn) return after;
        var moved = new OwnerShare(after.BytesReceived + after.BytesSent - before.BytesReceived - before.BytesSent, end - start);
        _owners[after.RunsOn] = _owners.GetValueOrDefault(after.RunsOn) + moved;
        return after;
    }

    private Table Describe(ConnectionSnapshot now, TimeSpan elapsed, TimeSpan time)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "").Width(60);
        var blackout = new Percentiles(_migrations.Select(record => record.BlackoutMicroseconds));
        table.AddRow("runs on", $"[bold]{Markup.Escape(now.RunsOn)}[/]");
        table.AddRow("received / sent", $"{Units.Bytes(now.BytesReceived)} / {Units.Bytes(now.BytesSent)}");
        table.AddRow("migrations", $"{_migrations.Count}");
        table.AddRow("blackout p50", blackout.Count == 0 ? "" : Units.Microseconds(blackout.At(0.5)));
        foreach (var (owner, share) in _owners) table.AddRow($"on {Markup.Escape(owner)}", Units.Rate(share.Bytes / share.Time.TotalSeconds));
        table.AddRow("time", $"{Units.Seconds(elapsed.TotalSeconds)} of {Units.Seconds(time.TotalSeconds)}");
        return table;
    }
}
