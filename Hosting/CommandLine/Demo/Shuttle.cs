using System.Diagnostics;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Lab;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves one connection from owner to owner and counts the work of each owner.</summary>
/// <param name="mover">Asks for the moves.</param>
/// <param name="tour">The engines in turn; null: back to the software stack.</param>
internal sealed class Shuttle(IMover mover, string?[] tour)
{
    private const string Software = "software";
    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, OwnerShare> _owners = [];
    private readonly List<MigrationRecord> _migrations = [];

    public IReadOnlyDictionary<string, OwnerShare> Owners => _owners;

    public IReadOnlyList<MigrationRecord> Migrations => _migrations;

    /// <summary>
    /// Moves the connection during a transfer and returns the transfer's result. The end of the transfer ends the moves, and a
    /// move that fails ends the transfer. Both tasks have ended when this method returns, so that neither uses a disposed
    /// cancellation source.
    /// </summary>
    /// <param name="transfer">Starts the transfer, which ends early when it is cancelled.</param>
    /// <param name="time">How long the connection is moved.</param>
    /// <param name="cancellation">Ends moves and transfer.</param>
    public async Task<T> RunDuringAsync<T>(
        Func<CancellationToken, Task<T>> transfer, TimeSpan time, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var transferring = EndingAsync(transfer(over.Token));
        try
        {
            await RunAsync(time, over.Token);
        }
        catch
        {
            await over.CancelAsync();
            await Task.WhenAny(transferring);
            throw;
        }

        return await transferring;

        async Task<T> EndingAsync(Task<T> running)
        {
            try
            {
                return await running;
            }
            finally
            {
                await over.CancelAsync();
            }
        }
    }

    private async Task RunAsync(TimeSpan time, CancellationToken over)
    {
        try
        {
            if (AnsiConsole.Profile.Capabilities.Ansi)
                await AnsiConsole.Live(new Text("")).StartAsync(display => MoveAsync(time, display, over));
            else await MoveAsync(time, display: null, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The transfer ended first, and its result gives the reason.
            return;
        }
    }

    private async Task MoveAsync(TimeSpan time, LiveDisplayContext? display, CancellationToken over)
    {
        var clock = Stopwatch.StartNew();
        var shown = -Refresh;
        for (var step = 0; clock.Elapsed < time; step++)
        {
            var snapshot = await StayAsync(clock, over);
            if (clock.Elapsed - shown > Refresh)
            {
                display?.UpdateTarget(Describe(snapshot, clock.Elapsed, time));
                shown = clock.Elapsed;
            }

            await MoveAsync(tour[step % tour.Length], snapshot, over);
        }
    }

    /// <summary>After a refusal the connection is in the software stack again.</summary>
    private async Task MoveAsync(string? engine, ConnectionSnapshot now, CancellationToken over)
    {
        if (engine is null && now.RunsOn == Software) return;
        var record = engine is null ? await mover.UploadAsync(over) : await mover.OffloadAsync(engine, over);
        if (record is not null) _migrations.Add(record);
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
        foreach (var (owner, share) in _owners)
            table.AddRow($"on {Markup.Escape(owner)}", Units.Rate(share.Bytes / share.Time.TotalSeconds));
        table.AddRow("time", $"{Units.Seconds(elapsed.TotalSeconds)} of {Units.Seconds(time.TotalSeconds)}");
        return table;
    }
}
