using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.TestKit;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

public sealed class CleanUpTests
{
    [LinuxFact]
    public async Task After_SIGTERM_nothing_is_left_behind()
    {
        using var lab = new Laboratory();
        var before = Fingerprint(lab.Server);
        using (var service = await lab.StartServiceAsync(Patience.Token()))
        {
            Assert.NotEqual(before, Fingerprint(lab.Server));
            Signal.Terminate(service.Id);
            Assert.Equal(0, await service.WaitAsync(Patience.Token()));
        }

        Assert.Equal(before, Fingerprint(lab.Server));
        Assert.False(File.Exists(lab.ControlSocket));
    }

    [LinuxFact]
    public async Task After_kill_9_a_restart_serves_and_its_stop_leaves_nothing_behind()
    {
        using var lab = new Laboratory();
        var before = Fingerprint(lab.Server);
        using (var killed = await lab.StartServiceAsync(Patience.Token())) killed.Kill();
        using (var service = await lab.StartServiceAsync(Patience.Token()))
        {
            Assert.Empty(await lab.Control.ListConnectionsAsync(ended: false, Patience.Token()));
            Signal.Terminate(service.Id);
            Assert.Equal(0, await service.WaitAsync(Patience.Token()));
        }

        Assert.Equal(before, Fingerprint(lab.Server));
        Assert.False(File.Exists(lab.ControlSocket));
    }

    /// <summary>All that the service could leave in its namespace; what the kernel does about the veth meanwhile is not its work.</summary>
    private static string Fingerprint(NetworkNamespace network)
    {
        string[] seen =
        [
            network.Ip("-oneline", "link"), network.Ip("rule"), network.Ip("-6", "rule"),
            network.Ip("route", "show", "table", "all"), network.Ip("-6", "route", "show", "table", "all"),
            network.Execute("nft", "list", "ruleset"),
            network.Execute("cat", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding", "/proc/sys/net/ipv4/tcp_early_demux"),
        ];
        return string.Join('\n', seen.SelectMany(text => text.Split('\n')).Where(line => !line.Contains("veth0")));
    }
}
