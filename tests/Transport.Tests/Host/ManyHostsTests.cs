using System.Net.Sockets;
using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>The hosts of one stack, one for each loop: what they share, and what each has to itself.</summary>
public sealed class ManyHostsTests
{
    private const ushort Port = 7;
    private const int Loops = 4;

    private static readonly IpAddress Local = IpAddress.Parse("10.9.0.1");
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_segment_of_another_hosts_flow_is_handed_over_and_counted_where_it_belongs()
    {
        var (hosts, spread) = Make(new HostSettings([Local]));
        var flow = Flows(spread, owner: 2).First();

        var verdict = Judge(hosts[1], flow, TcpFlags.Syn);
        Assert.Equal((HostAction.HandOver, 2), (verdict.Action, hosts[1].Destination));
        Assert.Equal((0, 1), (hosts[1].Counters.SegmentsReceived, hosts[1].Counters.HandedOver));

        Assert.Equal(HostAction.Open, hosts[2].OnFrame(verdict.Frame, Now).Action);
        Assert.Equal((1, 0), (hosts[2].Counters.SegmentsReceived, hosts[2].Counters.HandedOver));
    }

    [Fact]
    public void A_cookie_that_one_host_made_is_accepted_by_another()
    {
        // The hash brings a flow to one host; another that has the same secret would accept it as well.
        var settings = new HostSettings([Local]) { Seed = 1, MaximumHalfOpen = 0 };
        var shared = new HostShared(settings, FlowSpread.OneLoop);
        TcpHost[] hosts = [new(shared, 0), new(shared, 0)];
        var listener = new Listener(Port, 128, hosts[0].Tcp, 65_536);
        foreach (var host in hosts) host.Listen(listener.On(host));
        var flow = FlowFrom("10.0.0.1", 999);

        Assert.Equal(HostAction.Respond, Judge(hosts[0], flow, TcpFlags.Syn).Action);
        var iss = hosts[0].Response.Sequence;
        Assert.Equal(HostAction.Open, Judge(hosts[1], flow, TcpFlags.Ack, 101, (iss + 1).Value).Action);
        Assert.Equal(1, hosts[1].Counters.Tcp[TcpExt.SyncookiesRecv]);
    }

    [Fact]
    public void Connections_of_all_hosts_together_meet_the_limit()
    {
        var (hosts, spread) = Make(new HostSettings([Local]) { MaximumConnections = Loops });
        var opened = Enumerable.Range(0, Loops)
            .Select(index => Judge(hosts[index], Flows(spread, index).First(), TcpFlags.Syn)).ToList();
        Assert.All(opened, verdict => Assert.Equal(HostAction.Open, verdict.Action));

        Assert.Equal(DropReason.TooManyConnections, Judge(hosts[0], Flows(spread, 0).Last(), TcpFlags.Syn).Reason);
        opened[3].Flow!.Depart(Now);
        Assert.Equal(HostAction.Open, Judge(hosts[0], Flows(spread, 0).Last(), TcpFlags.Syn).Action);
        Assert.Equal(Loops, hosts[0].Shared.Connections);
    }

    [Fact]
    public void Half_open_connections_of_all_hosts_together_meet_the_limits_in_all_for_a_source_and_of_the_backlog()
    {
        Meets(new HostSettings([Local]) { MaximumHalfOpen = 2 }, backlog: 128, DropReason.TooManyHalfOpen);
        Meets(new HostSettings([Local]) { MaximumHalfOpenPerSource = 2 }, backlog: 128, DropReason.TooManyHalfOpenFromSource);
        Meets(new HostSettings([Local]), backlog: 2, DropReason.BacklogFull);

        static void Meets(HostSettings settings, int backlog, DropReason reason)
        {
            var (hosts, spread) = Make(settings, backlog);
            var first = Judge(hosts[0], Flows(spread, 0).First(), TcpFlags.Syn);
            Assert.Equal(HostAction.Open, first.Action);
            Assert.Equal(HostAction.Open, Judge(hosts[1], Flows(spread, 1).First(), TcpFlags.Syn).Action);
            Assert.Equal((HostAction.Respond, reason), Answer(Judge(hosts[2], Flows(spread, 2).First(), TcpFlags.Syn)));
            first.Flow!.EndHandshake();
            Assert.Equal(HostAction.Open, Judge(hosts[3], Flows(spread, 3).First(), TcpFlags.Syn).Action);
        }
    }

    [Fact]
    public void Connections_of_one_source_on_all_hosts_together_meet_the_limit()
    {
        var (hosts, spread) = Make(new HostSettings([Local]) { MaximumConnectionsPerSource = 2 });
        Judge(hosts[0], Flows(spread, 0).First(), TcpFlags.Syn);
        Judge(hosts[1], Flows(spread, 1).First(), TcpFlags.Syn);
        Assert.Equal(DropReason.TooManyFromSource, Judge(hosts[2], Flows(spread, 2).First(), TcpFlags.Syn).Reason);
    }

    [Fact]
    public void Resets_of_all_hosts_together_meet_the_rate()
    {
        var (hosts, spread) = Make(new HostSettings([Local]) { AnswersPerSecond = 10 });
        var answers = Enumerable.Range(0, 20).Count(i =>
            Judge(hosts[i % Loops], Flows(spread, i % Loops).First(), TcpFlags.Ack, 1, 1).Action is HostAction.Respond);
        Assert.Equal(10, answers);
    }

    [Fact]
    public void The_parts_of_the_limit_of_TIME_WAITs_add_up_to_it()
    {
        var (hosts, spread) = Make(new HostSettings([Local]) { MaximumTimeWaits = 10 });
        for (var index = 0; index < Loops; index++)
        {
            foreach (var flow in Flows(spread, index).Take(20)) hosts[index].TimeWaits.Add(InTimeWait(flow), Now);
        }

        Assert.Equal([3, 3, 2, 2], hosts.Select(host => host.TimeWaits.Count));
    }

    [Fact]
    public void What_one_host_learned_of_a_destination_the_others_know()
    {
        var (hosts, _) = Make(new HostSettings([Local]));
        var destination = IpAddress.Parse("10.0.0.1");
        hosts[0].FastOpens.Spare(destination, Now);
        Assert.Null(hosts[3].FastOpens.Find(destination, Now));
        Assert.Same(hosts[0].Paths, hosts[3].Paths);
    }

    [Fact]
    public void Hosts_never_open_the_same_flow_and_every_port_is_some_hosts()
    {
        var ports = new PortRange(40_000, 40_099);
        var (hosts, spread) = Make(new HostSettings([Local]) { EphemeralPorts = ports, Seed = 1 });
        var remote = new TcpEndpoint(IpAddress.Parse("10.0.0.1"), 80);
        var opened = new List<FlowKey>();
        foreach (var host in hosts)
        {
            var connector = new Listener(0, int.MaxValue, host.Tcp, 65_536);
            while (host.Open(connector, remote, null, 0, Now) is { Flow: { } flow })
            {
                Assert.Equal(host.Index, spread.IndexOf(flow.Key));
                opened.Add(flow.Key);
            }

            Assert.Equal(SocketError.AddressAlreadyInUse, host.Open(connector, remote, null, 0, Now).Error);
        }

        Assert.Equal(100, opened.Distinct().Count());
    }

    [Fact]
    public void Fragments_by_different_queues_are_put_together_by_one_host_and_the_packet_goes_to_its_flows()
    {
        var (hosts, spread) = Make(new HostSettings([Local]));
        var flow = Flows(spread, owner: 3).First();
        var packet = HostPackets.Write(flow.Reversed, TcpFlags.Syn, 100, 0, new byte[64]);
        var (first, second) = HostPackets.Cut(packet, at: 48);

        var late = OnFrame(hosts[2], second);
        Assert.Equal((HostAction.HandOver, 0), (late.Action, hosts[2].Destination));
        Assert.Equal(HostAction.Hold, hosts[0].OnFrame(late.Frame, Now).Action);
        var early = OnFrame(hosts[1], first);
        Assert.Equal(HostAction.HandOver, early.Action);
        var whole = hosts[0].OnFrame(early.Frame, Now);
        Assert.Equal((HostAction.HandOver, 3), (whole.Action, hosts[0].Destination));
        Assert.Equal(HostAction.Open, hosts[3].OnFrame(whole.Frame, Now).Action);
    }

    [Fact]
    public void A_stop_is_known_to_all_hosts_at_once()
    {
        var (hosts, spread) = Make(new HostSettings([Local]));
        hosts[0].Shared.StopListening();
        Assert.Equal(HostAction.Respond, Judge(hosts[3], Flows(spread, 3).First(), TcpFlags.Syn).Action);
        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, hosts[3].Response.Flags);
    }

    private static (TcpHost[] Hosts, FlowSpread Spread) Make(HostSettings settings, int backlog = 128)
    {
        var shared = new HostShared(settings, new FlowSpread(Loops, key: 1));
        TcpHost[] hosts = [.. Enumerable.Range(0, Loops).Select(index => new TcpHost(shared, index))];
        var listener = new Listener(Port, backlog, hosts[0].Tcp, 65_536);
        foreach (var host in hosts) host.Listen(listener.On(host));
        return (hosts, shared.Spread);
    }

    private static (HostAction Action, DropReason? Reason) Answer(in HostVerdict verdict) => (verdict.Action, verdict.Reason);

    private static FlowKey FlowFrom(string remote, ushort port) =>
        new(new TcpEndpoint(Local, Port), new TcpEndpoint(IpAddress.Parse(remote), port));

    /// <summary>Flows from one source that are one host's.</summary>
    private static IEnumerable<FlowKey> Flows(FlowSpread spread, int owner) =>
        Enumerable.Range(1_000, 400).Select(port => FlowFrom("10.0.0.1", (ushort)port))
            .Where(flow => spread.IndexOf(flow) == owner);

    private static HostVerdict Judge(
        TcpHost host, in FlowKey flow, TcpFlags flags, uint sequence = 100, uint acknowledgment = 0) =>
        OnFrame(host, HostPackets.Write(flow.Reversed, flags, sequence, acknowledgment, default));

    private static HostVerdict OnFrame(TcpHost host, byte[] packet)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes, 0);
        return host.OnFrame(new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0), Now);
    }

    private static TcpConnectionState InTimeWait(in FlowKey flow) => new()
    {
        Identity = new IdentitySection
        {
            LocalAddress = flow.Local.Address.ToIPAddress().GetAddressBytes(),
            LocalPort = flow.Local.Port,
            RemoteAddress = flow.Remote.Address.ToIPAddress().GetAddressBytes(),
            RemotePort = flow.Remote.Port,
            State = TcpState.TimeWait,
        },
    };
}
