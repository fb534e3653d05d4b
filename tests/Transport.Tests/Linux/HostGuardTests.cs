using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>Whatever a link and the kernel engine set up on their host, and something else takes away.</summary>
public sealed class HostGuardTests
{
    /// <summary>A command, and the part of the set-up that it takes away.</summary>
    public static TheoryData<string, string> LinkLosses { get; } = new()
    {
        { "ip link set as0 down", "state of as0" },
        { "ip link set as0 mtu 1400", "state of as0" },
        { "ip link set as0 txqueuelen 17", "state of as0" },
        { "ip address flush dev as0", "address of as0" },
        { "ip route del 10.9.0.1", "route to 10.9.0.1" },
        { "ip route replace 10.9.0.1/32 dev s0", "route to 10.9.0.1" },
        { "ip route replace blackhole 10.9.0.1/32", "route to 10.9.0.1" },
        { "ip -6 route del fd00:9::1", "route to fd00:9::1" },
        { "ip -6 route replace fd00:9::1/128 dev s0", "route to fd00:9::1" },
        { "ip route flush table main", "route to 10.9.0.1" },
        { "sysctl -q -w net.ipv4.ip_forward=0", "system control ipv4/ip_forward" },
        { "sysctl -q -w net.ipv6.conf.all.forwarding=0", "system control ipv6/conf/all/forwarding" },
        { "sysctl -q -w net.ipv4.conf.as0.rp_filter=1", "system control ipv4/conf/as0/rp_filter" },
        { "sysctl -q -w net.ipv4.conf.as0.accept_local=0", "system control ipv4/conf/as0/accept_local" },
        { "ip link del as0", "device as0" },
        { "ip link set as0 name other", "device as0" },
    };

    public static TheoryData<string, string> SteeringLosses { get; } = new()
    {
        { "nft flush ruleset", "nftables table" },
        { "nft flush table inet actorstack-as0", "nftables table" },
        { "nft flush chain inet actorstack-as0 out", "nftables table" },
        { "nft 'add table inet actorstack-as0 { flags dormant; }'", "nftables table" },
        { "nft insert rule inet actorstack-as0 pre drop", "nftables table" },
        { "ip rule flush; ip rule add pref 32766 lookup main", "rule for mark" },
        { "ip -6 rule flush; ip -6 rule add pref 32766 lookup main", "rule for mark" },
        { "ip route flush table $(ip rule | sed -n 's/.*fwmark.*lookup //p')", "routing table" },
        { "ip -6 route flush table $(ip -6 rule | sed -n 's/.*fwmark.*lookup //p')", "routing table" },
    };

    [LinuxTheory]
    [MemberData(nameof(LinkLosses))]
    public async Task What_is_taken_from_a_link_is_put_back_and_its_connections_go_on(string command, string part)
    {
        using var stage = new KernelStage();
        var before = LinkTraces(stage);
        using var client4 = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection4 = stage.Host.Accept();
        using var client6 = await stage.Network.ConnectAsync(VirtualNetwork.Virtual6, 7);
        var connection6 = stage.Host.Accept();

        stage.Network.Server.Execute("sh", "-c", command);
        await Until.TrueAsync(() => stage.Changes.Any(change => change.Part == part));

        Assert.All(stage.Changes, change => Assert.Equal(HostChangeOutcome.Restored, change.Outcome));
        await Until.TrueAsync(() => LinkTraces(stage) == before);
        if (command.Contains("flush table main", StringComparison.Ordinal))
            stage.Network.Server.Ip("route", "add", "10.8.0.0/24", "dev", "s0");
        await AssertAliveAsync(client4, connection4);
        await AssertAliveAsync(client6, connection6);
    }

    [LinuxFact]
    public async Task A_device_that_is_moved_to_another_namespace_is_made_again()
    {
        using var stage = new KernelStage();
        using var elsewhere = NetworkNamespace.Create("elsewhere");
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual6, 7);
        var connection = stage.Host.Accept();
        stage.Network.Server.Ip("link", "set", "as0", "netns", elsewhere.Path);
        await Until.TrueAsync(() => stage.Changes.Any(change => change.Part == "device as0"));
        await AssertAliveAsync(client, connection);
        Assert.DoesNotContain("as0", elsewhere.Ip("link"));
    }

    [LinuxTheory]
    [MemberData(nameof(SteeringLosses))]
    public async Task What_is_taken_from_the_steering_is_put_back_and_the_kernel_gives_its_connections_back(
        string command, string part)
    {
        foreach (var address in (IpAddress[])[VirtualNetwork.Virtual4, VirtualNetwork.Virtual6])
        {
            using var stage = new KernelStage();
            var before = SteeringTraces(stage);
            using var client = await stage.Network.ConnectAsync(address, 7);
            var connection = stage.Host.Accept();
            await connection.OffloadAsync(stage.Engine);
            await AssertAliveAsync(client, connection);

            stage.Network.Server.Execute("sh", "-c", command);
            Assert.Equal(UploadReason.SteeringLost, await connection.UploadWanted.Task.WaitAsync(TimeSpan.FromSeconds(30)));

            await connection.UploadAsync();
            await AssertAliveAsync(client, connection);
            Assert.Contains(stage.Changes,
                change => change.Part.StartsWith(part, StringComparison.Ordinal) && change.Outcome == HostChangeOutcome.Restored);
            await Until.TrueAsync(() => SteeringTraces(stage) == before);
            await connection.OffloadAsync(stage.Engine);
            await AssertAliveAsync(client, connection);
        }
    }

    [LinuxFact]
    public async Task While_the_steering_cannot_be_put_back_offloads_are_refused_with_the_reason()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);

        stage.Network.Server.Ip("link", "set", "lo", "down");
        Assert.Equal(UploadReason.SteeringLost, await connection.UploadWanted.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await connection.UploadAsync();
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(stage.Engine));
        Assert.Contains("routing table", refusal.Message);
        await AssertAliveAsync(client, connection);

        stage.Network.Server.Ip("link", "set", "lo", "up");
        await Until.TrueAsync(() => stage.Changes.Any(change => change.Part.StartsWith("routing table", StringComparison.Ordinal)
            && change.Outcome == HostChangeOutcome.Restored));
        await connection.OffloadAsync(stage.Engine);
        await AssertAliveAsync(client, connection);
    }

    [LinuxTheory]
    [InlineData("-4", "10.9.0.1")]
    [InlineData("-6", "fd00:9::1")]
    public async Task Behind_a_rule_that_goes_before_its_own_the_engine_takes_nothing_until_that_is_gone(
        string version, string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);

        stage.Network.Server.Ip(version, "rule", "add", "pref", "5", "lookup", "main");
        Assert.Equal(UploadReason.SteeringLost, await connection.UploadWanted.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await connection.UploadAsync();
        await AssertAliveAsync(client, connection);
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(stage.Engine));
        Assert.Contains("another rule", refusal.Message);

        stage.Network.Server.Ip(version, "rule", "del", "pref", "5");
        await Until.TrueAsync(() => stage.Changes.Any(change => change.Outcome == HostChangeOutcome.Restored));
        await connection.OffloadAsync(stage.Engine);
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task A_changed_system_control_of_the_engine_is_set_again_and_its_connections_stay()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        stage.Network.Server.SetSystemControl("ipv4/tcp_early_demux", "1");
        await Until.TrueAsync(() => stage.Changes.Any(
            change => change is { Part: "system control ipv4/tcp_early_demux", Outcome: HostChangeOutcome.Restored }));
        Assert.False(connection.UploadWanted.Task.IsCompleted);
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task A_detached_BPF_program_is_attached_again()
    {
        using var stage = new KernelStage();
        if (stage.Engine.Seed is not { } seed) return; // BPF is not permitted here, which the ledger says
        Detach(seed.Attachment);
        await Until.TrueAsync(() => stage.Changes.Any(change => change.Part.StartsWith("BPF program", StringComparison.Ordinal)));
        Assert.All(stage.Changes, change => Assert.Equal(HostChangeOutcome.Restored, change.Outcome));
    }

    private static async Task AssertAliveAsync(Socket client, HostedConnection connection)
    {
        await client.SendAsync(new byte[] { 42 });
        Assert.Equal(42, (await Streams.ReadExactlyAsync(connection.Pipe.Input, 1)).Single());
        await connection.Pipe.Output.WriteAsync(new byte[] { 43 });
        var answer = new byte[1];
        Assert.Equal(1, await client.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(43, answer[0]);
    }

    /// <summary>As <c>bpftool link detach</c> does.</summary>
    private static unsafe void Detach(SafeHandle attachment)
    {
        const int LinkDetach = 34;
        const int AttributeSize = 128;
        var attribute = stackalloc uint[AttributeSize / sizeof(uint)];
        attribute[0] = (uint)attachment.DangerousGetHandle();
        var number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;
        Assert.Equal(0, Libc.SystemCall(number, LinkDetach, attribute, AttributeSize));
    }

    private static string LinkTraces(KernelStage stage) => string.Join('\n',
        Without(stage.Network.Server.Ip("-oneline", "link", "show", "dev", "as0")),
        Without(stage.Network.Server.Ip("-oneline", "address", "show", "dev", "as0")),
        stage.Network.Server.Ip("route", "show", "10.9.0.1"), stage.Network.Server.Ip("-6", "route", "show", "fd00:9::1"),
        string.Join(',',
            ((string[])["ipv4/ip_forward", "ipv6/conf/all/forwarding", "ipv4/conf/as0/rp_filter", "ipv4/conf/as0/accept_local"])
                .Select(key => stage.Network.Server.Run(() => File.ReadAllText($"/proc/sys/net/{key}").Trim()))));

    /// <summary>Without the number of the device, which is another when it was made again.</summary>
    private static string Without(string line) => line[(line.IndexOf(':') + 1)..];

    private static string SteeringTraces(KernelStage stage) => string.Join('\n',
        stage.Network.Server.Execute("nft", "list", "ruleset"),
        Marked(stage.Network.Server.Ip("rule")), Marked(stage.Network.Server.Ip("-6", "rule")),
        string.Join('\n', stage.Network.Server.Ip("route", "show", "table", "all").Split('\n')
            .Where(line => line.StartsWith("local default"))),
        string.Join('\n', stage.Network.Server.Ip("-6", "route", "show", "table", "all").Split('\n')
            .Where(line => line.StartsWith("local default"))));

    private static string Marked(string rules) => string.Join('\n', rules.Split('\n').Where(line => line.Contains("fwmark")));
}
