using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Capture;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>What the peer takes and the path carries bounds the kernel's segments from the first on, as the wire shows.</summary>
public sealed class KernelPathTests
{
    private const int Narrow = 1280;

    private static readonly byte[] Text = [.. Enumerable.Range(0, 30_000).Select(i => (byte)i)];

    public static TheoryData<string> Addresses => ["10.9.0.1", "fd00:9::1"];

    public static TheoryData<string, int, bool> Announcements
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (var address in (string[])["10.9.0.1", "fd00:9::1"])
            {
                foreach (var mss in (int[])[64, 536, 1000])
                {
                    data.Add(address, mss, true);
                    data.Add(address, mss, false);
                }
            }

            return data;
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Announcements))]
    public async Task No_segment_new_or_resent_exceeds_the_peers_MSS(string address, int mss, bool timestamps)
    {
        using var stage = new KernelStage();
        stage.Network.Client.SetSystemControl("ipv4/tcp_timestamps", timestamps ? "1" : "0");
        stage.Network.ClampMss(mss);
        Assert.InRange(await LargestAsync(stage, address, segment => segment.Mss), 1, mss);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task No_segment_exceeds_the_applications_maximum(string address)
    {
        using var stage = new KernelStage();
        stage.Host.Settings = stage.Host.Settings with { Options = new SocketOptions { MaximumSegmentSize = 700 } };
        Assert.InRange(await LargestAsync(stage, address, segment => segment.Mss), 1, 700);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_path_MTU_that_was_found_bounds_the_kernels_packets_and_comes_back(string address)
    {
        using var stage = new KernelStage();
        using var tap = new WireTap(stage.Network.Client, "c0");
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        var raise = TimeSpan.FromMinutes(5).Ticks;
        var ledger = await connection.OffloadAsync(
            stage.Engine, state => state with { Path = state.Path with { Mtu = Narrow, RaiseTicksLeft = raise } });
        await connection.Pipe.Output.WriteAsync(Text);
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));

        Assert.InRange(tap.Take().Max(segment => segment.Packet), 1, Narrow);
        Assert.Contains(ledger.Entries, entry => entry.Field == "Path.Mtu");
        var back = await connection.UploadAsync();
        Assert.Equal(Narrow, back.Path.Mtu);
        Assert.InRange(back.Path.RaiseTicksLeft, 0, raise - 1);
    }

    [LinuxFact]
    public async Task A_path_MTU_that_the_kernel_was_told_of_comes_back()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(
            stage.Engine,
            state => state with { Path = state.Path with { Mtu = 1400, RaiseTicksLeft = TimeSpan.TicksPerMinute } });
        stage.Network.Server.Ip("route", "add", "10.8.0.2/32", "dev", "s0", "mtu", $"{Narrow}");
        await connection.Pipe.Output.WriteAsync(Text);
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));

        var back = await connection.UploadAsync();

        Assert.Equal(Narrow, back.Path.Mtu);
        Assert.Equal(TcpConnectionState.NotRunning, back.Path.RaiseTicksLeft);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_probe_of_the_path_that_was_under_way_did_not_arrive_because_its_bytes_did(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        stage.Network.Deafen();
        var writing = connection.Pipe.Output.WriteAsync(Text);
        await connection.QuiesceAsync();
        var ledger = await connection.OffloadAsync(stage.Engine, state => state with
        {
            Path = state.Path with
            {
                Mtu = Narrow,
                ProbeMtu = 1500,
                ProbeStart = state.Send.SndUna,
                ProbeEnd = state.Send.SndUna + 1400,
            },
        });
        stage.Network.Undeafen();
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));
        await writing;

        var back = await connection.UploadAsync();

        Assert.Equal((Narrow, 0, 0L), (back.Path.Mtu, back.Path.ProbeMtu, back.Path.RaiseTicksLeft));
        Assert.Contains(
            ledger.Entries, entry => entry is { Field: "Path.ProbeMtu", Fidelity: Fidelity.Lost });
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_connection_whose_segments_would_be_too_small_for_the_kernel_is_refused(string address)
    {
        using var stage = new KernelStage(network => network.Server.SetSystemControl("ipv4/tcp_min_snd_mss", "600"));
        stage.Network.ClampMss(599);
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();

        var refusal = await Assert.ThrowsAsync<OffloadRefusedException>(() => connection.OffloadAsync(stage.Engine));

        Assert.Equal(RefusalReason.PathMtu, refusal.Reason);
        Assert.Contains("tcp_min_snd_mss", refusal.Message);
        await connection.Pipe.Output.WriteAsync(Text);
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_connection_whose_full_segments_time_out_is_given_back_to_try_smaller_ones(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        stage.Network.Deafen();
        var writing = connection.Pipe.Output.WriteAsync(Text);

        Assert.Equal(UploadReason.TimeoutExpiration, await connection.UploadWanted.Task);

        await connection.UploadAsync();
        stage.Network.Undeafen();
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));
        await writing;
    }

    /// <summary>The largest segment of a text of which a part was sent before the move and is lost.</summary>
    private static async Task<int> LargestAsync(KernelStage stage, string address, Func<WireSegment, int> measure)
    {
        using var tap = new WireTap(stage.Network.Client, "c0");
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        stage.Network.Deafen();
        var writing = connection.Pipe.Output.WriteAsync(Text);
        await connection.QuiesceAsync();
        tap.Take();
        await connection.OffloadAsync(stage.Engine);
        Assert.NotEqual(0, connection.Exported!.UnacknowledgedLength);
        stage.Network.Undeafen();
        Assert.Equal(Text, await Streams.ReadExactlyAsync(client, Text.Length));
        await writing;
        var sent = tap.Take();
        Assert.InRange(sent.Sum(segment => segment.Text), Text.Length, int.MaxValue);
        return sent.Max(measure);
    }
}
