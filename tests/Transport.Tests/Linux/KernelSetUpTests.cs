using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Linux;

public sealed class KernelSetUpTests
{
    [LinuxFact]
    public void Closing_leaves_the_namespace_as_it_was()
    {
        using var stage = new KernelStage();
        stage.Engine.Dispose();
        var before = Traces(stage);
        Open(stage).Dispose();
        Assert.Equal(before, Traces(stage));
        Assert.DoesNotContain("actorstack", before);
        Assert.DoesNotContain("fwmark", before);
    }

    [LinuxFact]
    public void What_a_killed_predecessor_left_is_replaced_and_then_removed()
    {
        using var stage = new KernelStage();
        stage.Engine.Dispose();
        var before = Traces(stage);

        // Never disposed and not watched over, as if killed: whatever it set up stays.
        stage.Network.Server.Run(() => Steering.Install(Settings(stage)));
        var set = Traces(stage);
        var successor = Open(stage);
        Assert.Equal(set, Traces(stage));
        successor.Dispose();
        Assert.Equal(before, Traces(stage));
    }

    [LinuxFact]
    public void Engines_of_unlike_names_live_side_by_side()
    {
        using var stage = new KernelStage();
        var alone = Traces(stage);
        stage.Network.Server.Run(() =>
            KernelEngine.Open(new KernelEngineSettings("other", [VirtualNetwork.Virtual4], stage.Link))).Dispose();
        Assert.Equal(alone, Traces(stage));
    }

    [LinuxFact]
    public async Task A_state_no_kernel_socket_can_be_put_into_is_refused_and_the_connection_goes_on()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(
            () => connection.OffloadAsync(
                stage.Engine, state => state with { Identity = state.Identity with { State = TcpState.Closing } }));
        Assert.Equal(RefusalReason.UnsupportedState, refusal.Reason);
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task A_peer_without_a_route_is_refused_and_nothing_is_left_of_the_socket()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        stage.Network.Server.Ip("route", "del", "10.8.0.0/24");
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(stage.Engine));
        Assert.Equal(RefusalReason.NoPathEntries, refusal.Reason);
        Assert.Equal(0, stage.Engine.Count);
        stage.Network.Server.Ip("route", "add", "10.8.0.0/24", "dev", "s0");
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task A_full_engine_refuses_and_the_connection_goes_on()
    {
        using var stage = new KernelStage();
        using var full = stage.Network.Server.Run(() => KernelEngine.Open(
            new KernelEngineSettings("full", [VirtualNetwork.Virtual4], stage.Link) { Capacity = 0 }));
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(full));
        Assert.Equal(RefusalReason.NoConnectionEntries, refusal.Reason);
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task A_stopped_engine_refuses()
    {
        using var stage = new KernelStage();
        stage.Engine.Dispose();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(stage.Engine));
        Assert.Equal(RefusalReason.EngineStopped, refusal.Reason);
        await AssertAliveAsync(client, connection);
    }

    [LinuxFact]
    public async Task An_invalidated_connection_is_forgotten_silently()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        stage.Engine.Invalidate(connection.Handle);
        await Until.TrueAsync(() => stage.Engine.Count == 0);
        Assert.False(stage.Engine.TryQuery(connection.Handle, out _));
        Assert.Equal(0, stage.Network.ClientCounter("Tcp", "EstabResets"));
        Assert.DoesNotContain("10.8.0.2", stage.Network.Server.Execute("ss", "-tan"));
    }

    private static async Task AssertAliveAsync(System.Net.Sockets.Socket client, HostedConnection connection)
    {
        await client.SendAsync(new byte[] { 42 });
        Assert.Equal(42, (await Streams.ReadExactlyAsync(connection.Pipe.Input, 1)).Single());
    }

    private static KernelEngine Open(KernelStage stage) => stage.Network.Server.Run(() => KernelEngine.Open(Settings(stage)));

    private static KernelEngineSettings Settings(KernelStage stage) =>
        new("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6], stage.Link);

    private static string Traces(KernelStage stage) => string.Join('\n',
        stage.Network.Server.Execute("nft", "list", "ruleset"), stage.Network.Server.Ip("rule"),
        stage.Network.Server.Ip("-6", "rule"),
        string.Join('\n', stage.Network.Server.Ip("route", "show", "table", "all").Split('\n')
            .Where(line => line.StartsWith("local default"))));
}
