using ActorStack.Actors.Migration;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Control;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;

namespace ActorStack.Hosting.Tests;

/// <summary>An engine that refuses, asks to be rid of a connection, or dies, in the middle of a verified transfer.</summary>
public sealed class FaultTests
{
    [LinuxFact]
    public async Task A_full_engine_is_named_and_the_connection_goes_on_in_software()
    {
        using var arena = await Arena.StartAsync(arguments: ["--toe-capacity", "1"]);
        using var first = await arena.ConnectAsync(Ports.Echo);
        var firstId = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        using var second = await arena.ConnectAsync(Ports.Echo);
        var secondId = (await arena.Lab.EstablishedAsync(Patience.Token())).Single(connection => connection.Id != firstId).Id;

        await arena.Control.OffloadAsync(firstId, "toe", Patience.Token());
        var error = await Assert.ThrowsAsync<RolledBackException>(
            () => arena.Control.OffloadAsync(secondId, "toe", Patience.Token()));
        Assert.Contains(nameof(RefusalReason.NoConnectionEntries), error.Message);
        Assert.Contains("actorstack upload", error.WhatToDo);
        Assert.Equal(ExitCodes.Refused, error.ExitCode);
        Assert.Equal("software", (await arena.Control.GetConnectionAsync(secondId, Patience.Token())).RunsOn);
        await new EchoExchange(second, seed: 1).RunAsync(100_000);
        await new EchoExchange(first, seed: 2).RunAsync(100_000);
    }

    [LinuxFact]
    public Task Every_upload_reason_brings_the_connection_back_with_nothing_lost() => TransferAsync(async (control, id) =>
    {
        foreach (var reason in Enum.GetValues<UploadReason>()
            .Except([UploadReason.UploadRequested, UploadReason.ApplicationClosing, UploadReason.EngineLost]))
        {
            await control.OffloadAsync(id, "toe", Patience.Token());
            await FailAsync(control, new ToeFaultsRequest(RequestUpload: reason));
            var back = await ReturnAsync(control, id);
            Assert.Contains(reason.ToString(), back.Trigger);
        }
    });

    [LinuxFact]
    public Task Every_refusal_leaves_the_connection_where_it_was() => TransferAsync(async (control, id) =>
    {
        foreach (var reason in Enum.GetValues<RefusalReason>().Except([RefusalReason.NoAnswer]))
        {
            await FailAsync(control, new ToeFaultsRequest(RefuseNext: reason));
            var error = await Assert.ThrowsAsync<RolledBackException>(() => control.OffloadAsync(id, "toe", Patience.Token()));
            Assert.Equal(MigrationOutcome.RolledBack, error.Migration.Outcome);
            Assert.Contains(reason.ToString(), error.Migration.Detail);
        }
    });

    [LinuxFact]
    public Task A_device_that_loses_all_it_has_loses_no_byte() => TransferAsync(async (control, id) =>
    {
        await control.OffloadAsync(id, "toe", Patience.Token());
        await FailAsync(control, new ToeFaultsRequest(ResetDevice: true));
        Assert.Equal(MigrationOutcome.Salvaged, (await ReturnAsync(control, id)).Outcome);
    });

    [LinuxFact]
    public Task A_completion_that_is_lost_loses_no_byte() => TransferAsync(async (control, id) =>
    {
        await FailAsync(control, new ToeFaultsRequest(LoseInitiate: true));
        await Assert.ThrowsAsync<RolledBackException>(() => control.OffloadAsync(id, "toe", Patience.Token()));
        await control.OffloadAsync(id, "toe", Patience.Token());
        await FailAsync(control, new ToeFaultsRequest(LoseTerminate: true));
        Assert.Equal(MigrationOutcome.Salvaged, (await control.UploadAsync(id, Patience.Token())).Outcome);
    });

    private static async Task TransferAsync(Func<ControlClient, string, Task> disturb)
    {
        using var arena = await Arena.StartAsync(arguments: ["--toe-faults"]);
        using var client = await arena.Lab.StartClientAsync(
            "transfer", Laboratory.VirtualAddress, Ports.Transfer, [], Patience.Token());
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, Patience.Token());
        await disturb(arena.Control, id);
        await client.TellAsync("stop", Patience.Token());
        var result = await transfer;
        Assert.True(result.DigestsEqual, result.Error);
    }

    private static Task FailAsync(ControlClient control, ToeFaultsRequest request) =>
        control.InjectAsync(request, Patience.Token());

    /// <summary>The engine's own wish is followed without anyone's command.</summary>
    private static async Task<MigrationRecord> ReturnAsync(ControlClient control, string id)
    {
        while (true)
        {
            var records = await control.GetMigrationsAsync(id, Patience.Token());
            if (records[^1] is { From: "toe" } back) return back;
            await Task.Yield();
        }
    }
}
