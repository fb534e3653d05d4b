using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

public sealed class RestartTests
{
    [LinuxFact]
    public async Task A_service_started_again_after_a_crash_says_which_connections_it_had_and_what_became_of_them()
    {
        using var lab = new Laboratory();
        string lost;
        using (var service = await lab.StartServiceAsync(Patience.Token()))
        {
            using var client = await lab.StartClientAsync("hold", Laboratory.VirtualAddress, Ports.Echo, [], Patience.Token());
            lost = Assert.Single(await lab.EstablishedAsync(Patience.Token())).Id;

            // A move is answered when the claim of its new owner is in the journal, and so is all that came before.
            await lab.Control.OffloadAsync(lost, "toe", Patience.Token());
            await lab.Control.UploadAsync(lost, Patience.Token());
            service.Kill();
        }

        using var again = await lab.StartServiceAsync(Patience.Token());
        while (true)
        {
            var ended = await lab.Control.ListConnectionsAsync(ended: true, Patience.Token());
            if (ended.SingleOrDefault(connection => connection.Id == lost) is not { } found) continue;
            Assert.Contains("lost", found.Ended);
            Assert.Equal(2, found.Epoch);
            Assert.InRange(found.Migrations, 1, 2);
            var moves = await lab.Control.GetMigrationsAsync(lost, Patience.Token());
            Assert.Equal(found.Migrations, moves.Count);
            Assert.Equal(("software", "toe", 1L), (moves[0].From, moves[0].To, moves[0].Epoch));
            return;
        }
    }

    [LinuxFact]
    public async Task Two_services_do_not_share_a_state_directory()
    {
        using var lab = new Laboratory();
        using var service = await lab.StartServiceAsync(Patience.Token());
        var error = await Assert.ThrowsAsync<CommandLine.CommandException>(() => lab.StartServiceAsync(Patience.Token()));
        Assert.Contains("in use by process", error.Message);
        Assert.Empty(await lab.Control.ListConnectionsAsync(ended: false, Patience.Token()));
    }
}
