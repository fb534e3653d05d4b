using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A TUN device with several queues before a kernel client.</summary>
public sealed class TunQueuesTests
{
    private const int Queues = 3;
    private const int Flows = 60;
    private const ushort Port = 7;

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public void Every_segment_comes_in_by_the_queue_of_its_flow(string address)
    {
        using var network = new VirtualNetwork();
        using var link = Open(network);
        using var clients = new Connecting(network, address, Flows);

        var arrived = AwaitSyns(link);

        Assert.Equal(Queues, arrived.Select(syn => syn.Queue).Distinct().Count());
        if (IsSteered(link)) Assert.All(arrived, syn => Assert.Equal(link.Spread.IndexOf(syn.Flow), syn.Queue));
    }

    [LinuxFact]
    public void What_is_no_segment_or_is_a_fragment_comes_in_by_the_first_queue()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network);
        if (!IsSteered(link)) return;
        using var client = network.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        for (var i = 0; i < 20; i++)
            client.SendTo(new byte[i % 2 == 0 ? 10 : 4_000], new IPEndPoint(VirtualNetwork.Virtual4.ToIPAddress(), 1_000 + i));

        const int Packets = 10 + 10 * 3;
        Assert.All(Await(link, arrived => arrived.Count == Packets), frame => Assert.Equal(0, frame.Queue));
    }

    [LinuxFact]
    public void Without_the_program_all_segments_come_in_all_the_same_and_a_flow_follows_its_answers()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, steering: false);
        Assert.NotNull(link.NotSteered);
        using var clients = new Connecting(network, "10.9.0.1", Flows);

        var flows = AwaitSyns(link);
        foreach (var (_, flow) in flows) link.Send(new OutboundSegment { Flow = flow, Flags = TcpFlags.Rst, HopLimit = 64 });
        using var again = new Connecting(network, "10.9.0.1", Flows);
        Assert.Equal(Flows, AwaitSyns(link).Count);
    }

    [LinuxFact]
    public async Task A_device_that_is_deleted_is_made_again_with_all_its_queues()
    {
        using var network = new VirtualNetwork();
        var changes = new ConcurrentQueue<HostChange>();
        using var link = Open(network, changed: told => Array.ForEach([.. told], changes.Enqueue));
        network.Server.Ip("link", "del", "as0");
        await Until.TrueAsync(() => changes.Any(change => change is { Part: "device as0", Outcome: HostChangeOutcome.Restored }));
        await Until.TrueAsync(() => changes.Any(change => change.Part == "route to 10.9.0.1"));

        using var clients = new Connecting(network, "10.9.0.1", Flows);
        var arrived = AwaitSyns(link);
        Assert.Equal(Queues, arrived.Select(syn => syn.Queue).Distinct().Count());
        if (IsSteered(link)) Assert.All(arrived, syn => Assert.Equal(link.Spread.IndexOf(syn.Flow), syn.Queue));
    }

    [LinuxTheory]
    [InlineData(1, Queues)]
    [InlineData(Queues, Queues)]
    [InlineData(Queues, 1)]
    public void A_device_in_use_is_left_alone(int first, int second)
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, first);
        var error = Assert.Throws<LinuxException>(() => Open(network, second));
        Assert.Contains("as0 is in use", error.Message);
        using var clients = new Connecting(network, "10.9.0.1", Flows);
        Assert.Equal(Flows, AwaitSyns(link).Count);
    }

    [LinuxFact]
    public void A_device_that_was_made_with_one_queue_is_refused_with_what_to_do()
    {
        using var network = new VirtualNetwork();
        network.Server.Ip("tuntap", "add", "as0", "mode", "tun");
        var error = Assert.Throws<LinuxException>(() => Open(network));
        Assert.Contains("ip tuntap add as0 mode tun multi_queue", error.Message);
        network.Server.Ip("link", "del", "as0");
        network.Server.Ip("tuntap", "add", "as0", "mode", "tun", "multi_queue");
        using var link = Open(network);
        Assert.Equal(Queues, link.Queues.Count);
    }

    [LinuxFact]
    public void The_statistics_are_those_of_all_queues()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network);
        using var clients = new Connecting(network, "10.9.0.1", Flows);
        AwaitSyns(link);
        Assert.All(link.Queues, queue => Assert.True(queue.Statistics.FramesReceived > 0));
        Assert.Equal(link.Queues.Sum(queue => queue.Statistics.FramesReceived), link.Statistics.FramesReceived);
        Assert.Equal(link.Queues.Sum(queue => queue.Statistics.BytesReceived), link.Statistics.BytesReceived);
    }

    [LinuxFact]
    public async Task Waking_ends_the_wait_of_its_queue()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network);
        foreach (var queue in link.Queues)
        {
            var waiting = Task.Run(() => queue.Wait(Timeout.InfiniteTimeSpan));
            queue.Wake();
            await waiting;
        }
    }

    /// <summary>Where BPF is not permitted, as in a user namespace, the kernel spreads packets, and says why.</summary>
    private static bool IsSteered(TunLink link)
    {
        if (link.NotSteered is not { } reason) return true;
        Assert.Contains("BPF", reason, StringComparison.Ordinal);
        return false;
    }

    /// <summary>The first SYN of each flow. A device that was made again may send an MLD report too.</summary>
    private static List<(int Queue, FlowKey Flow)> AwaitSyns(TunLink link) =>
        SynsOf(Await(link, arrived => SynsOf(arrived).Count == Flows));

    private static List<(int Queue, FlowKey Flow)> SynsOf(List<(int Queue, FlowKey Flow)> arrived) =>
        arrived.Where(frame => frame.Flow.Local.Port == Port).DistinctBy(frame => frame.Flow).ToList();

    /// <summary>All that comes in, by which queue, until it is enough.</summary>
    private static List<(int Queue, FlowKey Flow)> Await(TunLink link, Func<List<(int Queue, FlowKey Flow)>, bool> isEnough)
    {
        var arrived = new List<(int Queue, FlowKey Flow)>();
        var frames = new LinkFrame[64];
        var limit = Patience.Token();
        while (!isEnough(arrived))
        {
            limit.ThrowIfCancellationRequested();
            for (var i = 0; i < link.Queues.Count; i++)
            {
                link.Queues[i].Wait(TimeSpan.FromMilliseconds(1));
                foreach (var frame in frames.AsSpan(0, link.Queues[i].Receive(frames)))
                {
                    PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
                    arrived.Add((i, packet.Flow));
                    frame.Buffer.Release();
                }
            }
        }

        return arrived;
    }

    private static TunLink Open(
        VirtualNetwork network, int queues = Queues, bool steering = true, Action<IReadOnlyList<HostChange>>? changed = null) =>
        network.Server.Run(() => TunLink.Open(new TunLinkSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6])
        {
            Queues = queues,
            Steering = steering,
            HostChanged = changed,
        }));

    /// <summary>Kernel sockets whose SYNs are on their way.</summary>
    private sealed class Connecting : IDisposable
    {
        private readonly List<Socket> _sockets;

        public Connecting(VirtualNetwork network, string address, int count)
        {
            var server = new IPEndPoint(IPAddress.Parse(address), Port);
            _sockets = network.Client.Run(() => Enumerable.Range(0, count)
                .Select(_ => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false })
                .ToList());
            foreach (var socket in _sockets)
            {
                var error = Assert.Throws<SocketException>(() => socket.Connect(server));
                Assert.True(error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress);
            }
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
