using ActorStack.Actors;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>Something else on the host takes away what a running service has set up there, in the middle of transfers.</summary>
public sealed class HostChangeTests
{
    /// <summary>A line of commands, and a part of the set-up that it takes away.</summary>
    private static readonly (string Command, string Part)[] Losses =
    [
        ("nft flush ruleset", "nftables table actorstack-as0: Restored"),
        ("ip rule flush; ip rule add pref 32766 lookup main", "for IPv4: Restored"),
        ("ip -6 rule flush; ip -6 rule add pref 32766 lookup main", "for IPv6: Restored"),
        ("ip route flush table $(ip rule | sed -n 's/.*fwmark.*lookup //p')", "for IPv4: Restored"),
        ("ip -6 route flush table $(ip -6 rule | sed -n 's/.*fwmark.*lookup //p')", "for IPv6: Restored"),
        ("ip link set as0 down", "state of as0: Restored"),
        ("ip address flush dev as0", "address of as0: Restored"),
        ("ip route del 10.9.0.1; ip -6 route del fd00:9::1", "route to fd00:9::1: Restored"),
        ("sysctl -q -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0", "system control ipv4/ip_forward: Restored"),
        ("ip link del as0", "device as0: Restored"),
    ];

    [LinuxTheory]
    [InlineData("software")]
    [InlineData("kernel")]
    [InlineData("toe")]
    public async Task Whatever_is_taken_away_is_put_back_and_no_byte_is_lost(string engine)
    {
        using var arena = await Arena.StartAsync();
        using var client4 = await arena.ConnectAsync(Ports.Echo);
        using var client6 = await arena.ConnectAsync(Ports.Echo, Laboratory.VirtualAddressV6);
        using var enough = new CancellationTokenSource();
        var exchanges = new[] { ExchangeAsync(new EchoExchange(client4, 4), enough.Token),
            ExchangeAsync(new EchoExchange(client6, 6), enough.Token) };
        string[] ids = [.. (await arena.Lab.EstablishedAsync(Patience.Token())).Select(connection => connection.Id)];
        Assert.Equal(2, ids.Length);

        foreach (var (command, part) in Losses)
        {
            await MoveAsync(arena, ids, engine);
            var before = await arena.Control.GetStatisticsAsync(Patience.Token());
            arena.Lab.Server.Execute("sh", "-c", command);
            await UntilAsync(
                async () => Count(await arena.Control.GetStatisticsAsync(Patience.Token()), part) > Count(before, part));
        }

        await enough.CancelAsync();
        await Task.WhenAll(exchanges);
        var connections = await arena.Lab.EstablishedAsync(Patience.Token());
        Assert.Equal(ids, connections.Select(connection => connection.Id));
        foreach (var id in ids.Where(_ => engine == "kernel"))
            Assert.Contains(
                await arena.Control.GetMigrationsAsync(id, Patience.Token()), record => record.Trigger == "engine: SteeringLost");
    }

    [LinuxFact]
    public async Task A_control_socket_that_was_removed_is_made_again()
    {
        using var arena = await Arena.StartAsync();
        File.Delete(arena.Lab.ControlSocket);
        using var control = new ControlClient(arena.Lab.ControlSocket);
        await UntilAsync(async () =>
        {
            try
            {
                return (await control.ListConnectionsAsync(ended: false, Patience.Token())).Count == 0;
            }
            catch (CommandException)
            {
                return false; // not yet
            }
        });
    }

    [LinuxFact]
    public async Task A_device_that_cannot_be_made_again_ends_the_service_with_a_line_and_a_code_of_its_own()
    {
        using var arena = await Arena.StartAsync(isJournaled: true);
        using var client = await arena.ConnectAsync(Ports.Echo);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        await arena.Control.OffloadAsync(id, "toe", Patience.Token());

        // Before the service looks, another device has the name.
        arena.Lab.Server.Execute("sh", "-c", $"kill -STOP {arena.Service.Id}");
        arena.Lab.Server.Ip("link", "del", "as0");
        arena.Lab.Server.Ip("link", "add", "as0", "type", "veth", "peer", "name", "as1");
        arena.Lab.Server.Execute("sh", "-c", $"kill -CONT {arena.Service.Id}");

        Assert.Equal(ExitCodes.LinkLost, await arena.Service.WaitAsync(Patience.Token()));
        var line = Assert.Single(arena.Service.Said, line => line.Contains("the device as0 was taken away"));
        Assert.Contains("The service stops", line);
        Assert.DoesNotContain(arena.Service.Said, line => line.Contains("   at "));

        arena.Lab.Server.Ip("link", "del", "as0");
        using var again = await arena.Lab.StartServiceAsync(Patience.Token());
        await UntilAsync(async () => (await arena.Control.ListConnectionsAsync(ended: true, Patience.Token()))
            .SingleOrDefault(connection => connection.Id == id)?.Ended?.Contains("the device as0 was taken away") == true);
    }

    private static async Task MoveAsync(Arena arena, IEnumerable<string> ids, string engine)
    {
        if (engine == "software") return;
        foreach (var id in ids)
        {
            await UntilAsync(async () =>
            {
                var runsOn = (await arena.Control.GetConnectionAsync(id, Patience.Token())).RunsOn;
                if (runsOn == engine) return true;
                try
                {
                    await arena.Control.OffloadAsync(id, engine, Patience.Token());
                }
                catch (CommandException)
                {
                    // On its way back, or the steering is just being put back.
                }

                return false;
            });
        }
    }

    private static async Task ExchangeAsync(EchoExchange exchange, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested) await exchange.RunAsync(100_000);
    }

    private static long Count(StackStatistics statistics, string part) =>
        statistics.HostChanges.Where(change => change.Key.EndsWith(part, StringComparison.Ordinal)).Sum(change => change.Value);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var patience = Patience.Token();
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), patience);
    }
}
