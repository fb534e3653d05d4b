using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>One frame in, one verdict out.</summary>
public sealed class TcpHostTests
{
    private const ushort Port = 7;

    private static readonly IpAddress Local = IpAddress.Parse("10.9.0.1");
    private static readonly IpAddress LocalIPv6 = IpAddress.Parse("fd00:9::1");

    private readonly SimulatedHost _host = new(new HostSettings([Local, LocalIPv6]) { Seed = 1, MaximumConnections = 10 });

    private readonly TimeSpan _now = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    [Rfc(9293, "3.10.7.2")]
    public void A_syn_to_a_listener_opens_a_flow_that_is_pending(string from)
    {
        _host.Listen(Port);
        var verdict = Judge(Packet(from, Port, TcpFlags.Syn, 100));
        Assert.Equal(HostAction.Open, verdict.Action);
        Assert.Equal(new SequenceNumber(100), Assert.IsType<PendingOwner>(verdict.Flow!.Owner).First!.Segment.Sequence);
        Assert.Equal(1, verdict.Flow.Listener.HalfOpen);
        Assert.Equal(1, _host.Host.Sources.HalfOpen);
    }

    [Theory]
    [InlineData("10.0.0.1", TcpFlags.Syn, TcpFlags.Rst | TcpFlags.Ack, 0u, 101u)]
    [InlineData("fd00::1", TcpFlags.Syn, TcpFlags.Rst | TcpFlags.Ack, 0u, 101u)]
    [InlineData("10.0.0.1", TcpFlags.Ack, TcpFlags.Rst, 555u, 0u)]
    [InlineData("fd00::1", TcpFlags.Ack, TcpFlags.Rst, 555u, 0u)]
    [Rfc(9293, "3.10.7.1")]
    public void A_segment_to_no_connection_is_answered_with_a_reset(
        string from, TcpFlags flags, TcpFlags answer, uint sequence, uint acknowledgment)
    {
        Assert.Equal(HostAction.Respond, Judge(Packet(from, Port, flags, 100, acknowledgment: 555)).Action);
        ref readonly var reset = ref _host.Host.Response;
        Assert.Equal(
            (answer, new SequenceNumber(sequence), new SequenceNumber(acknowledgment)),
            (reset.Flags, reset.Sequence, reset.Acknowledgment));
        Assert.Equal(1, _host.Host.Counters[DropReason.NoConnection]);
    }

    [Fact]
    public void A_reset_to_no_connection_and_a_packet_to_another_address_are_dropped()
    {
        Assert.Equal(DropReason.NoConnection, Judge(Packet("10.0.0.1", Port, TcpFlags.Rst, 100)).Reason);
        var foreign = PacketTo("10.9.0.2", "10.0.0.1", Port, TcpFlags.Syn, 100);
        Assert.Equal((HostAction.Drop, DropReason.ForeignAddress), (Judge(foreign).Action, Judge(foreign).Reason));
    }

    [Fact]
    public void Resets_are_limited_by_rate_and_the_rest_is_counted()
    {
        var packet = Packet("10.0.0.1", Port, TcpFlags.Ack, 100);
        var answered = Enumerable.Range(0, 1_500).Count(_ => Judge(packet).Action is HostAction.Respond);
        Assert.Equal((1_000, 500), (answered, _host.Host.Counters[DropReason.ResetRate]));
    }

    [Fact]
    public void What_comes_for_a_flow_goes_to_its_owner_and_to_nobody_while_it_has_none()
    {
        _host.Listen(Port);
        var flow = Judge(Packet("10.0.0.1", Port, TcpFlags.Syn, 100)).Flow!;
        var next = Packet("10.0.0.1", Port, TcpFlags.Ack, 101);
        Assert.Equal(DropReason.NotReady, Judge(next).Reason);
        foreach (var (kind, action) in new[]
        {
            (FlowOwnerKind.Software, HostAction.Deliver),
            (FlowOwnerKind.Engine, HostAction.Forward),
            (FlowOwnerKind.Node, HostAction.Forward),
        })
        {
            flow.Become(new TestOwner(kind, epoch: flow.Owner.Epoch + 1));
            var verdict = Judge(next);
            Assert.Equal((action, flow), (verdict.Action, verdict.Flow));
            verdict.Frame.Buffer.Release();
        }

        flow.Become(new TestOwner(FlowOwnerKind.Recovering, flow.Owner.Epoch));
        Assert.Equal(DropReason.NotReady, Judge(next).Reason);
    }

    [Fact]
    public void An_owner_of_an_older_epoch_is_refused()
    {
        _host.Listen(Port);
        var flow = Judge(Packet("10.0.0.1", Port, TcpFlags.Syn, 100)).Flow!;
        flow.Become(new TestOwner(FlowOwnerKind.Engine, epoch: 5));
        var error = Assert.Throws<InvalidOperationException>(() => flow.Become(new TestOwner(FlowOwnerKind.Software, epoch: 4)));
        Assert.Contains("epoch 5", error.Message);
        Assert.Equal(FlowOwnerKind.Engine, flow.Owner.Kind);
    }

    [Fact]
    public void A_flow_that_departs_leaves_no_count_behind()
    {
        var listener = _host.Listen(Port);
        var flow = Judge(Packet("10.0.0.1", Port, TcpFlags.Syn, 100)).Flow!;
        flow.Depart(_now);
        Assert.Empty(_host.Host.Flows);
        Assert.Equal((0, 0, 0), (listener.HalfOpen, _host.Host.Sources.HalfOpen, _host.Host.Sources.MostConnections));
    }

    [Fact]
    public void A_backlog_that_is_full_answers_with_cookies_that_hold_no_flow()
    {
        _host.Listen(Port, backlog: 1);
        Assert.Equal(HostAction.Open, Judge(Packet("10.0.0.1", Port, TcpFlags.Syn, 100)).Action);
        var cookie = Judge(Packet("10.0.0.2", Port, TcpFlags.Syn, 200));
        Assert.Equal((HostAction.Respond, DropReason.BacklogFull), (cookie.Action, cookie.Reason));
        Assert.Single(_host.Host.Flows);

        var iss = _host.Host.Response.Sequence;
        var proof = Judge(Packet("10.0.0.2", Port, TcpFlags.Ack, 201, (iss + 1).Value, "hello"));
        Assert.Equal(HostAction.Open, proof.Action);
        var pending = Assert.IsType<PendingOwner>(proof.Flow!.Owner);
        Assert.Equal(iss, pending.First!.Cookie!.Iss);
        Assert.Single(pending.Held);

        Assert.Equal(HostAction.Hold, Judge(Packet("10.0.0.2", Port, TcpFlags.Ack, 206, (iss + 1).Value, "more")).Action);
        for (var i = 0; i < 2 * PendingOwner.MostHeld; i++)
            Judge(Packet("10.0.0.2", Port, TcpFlags.Ack, 210, (iss + 1).Value, "again"));
        Assert.Equal(PendingOwner.MostHeld, pending.Held.Count);
    }

    [Fact]
    public void Connections_beyond_the_limit_are_refused_with_the_reason()
    {
        _host.Listen(Port);
        for (var i = 0; i < 10; i++) Assert.Equal(HostAction.Open, Judge(Packet($"10.0.{i}.1", Port, TcpFlags.Syn, 100)).Action);
        Assert.Equal(DropReason.TooManyConnections, Judge(Packet("10.1.0.1", Port, TcpFlags.Syn, 100)).Reason);
        var opened = _host.Host.Open(Connector(), Remote("10.0.0.9"), localAddress: null, localPort: 0, _now);
        Assert.Equal((null, SocketError.TooManyOpenSockets), (opened.Flow, opened.Error));
    }

    [Theory]
    [InlineData("10.0.0.9", null, 0, SocketError.Success)]
    [InlineData("fd00::9", null, 0, SocketError.Success)]
    [InlineData("10.0.0.9", "10.9.0.2", 0, SocketError.AddressNotAvailable)]
    [InlineData("10.0.0.9", "fd00:9::1", 0, SocketError.AddressNotAvailable)]
    [InlineData("10.0.0.9", null, 7, SocketError.AddressAlreadyInUse)]
    [Rfc(6056, "3.3")]
    public void An_open_finds_a_local_end_or_says_why_there_is_none(string remote, string? local, ushort port, SocketError error)
    {
        _host.Listen(Port);
        var opened = _host.Host.Open(Connector(), Remote(remote), local is null ? null : IpAddress.Parse(local), port, _now);
        Assert.Equal((error, error is SocketError.Success), (opened.Error, opened.Flow is not null));
        Assert.Equal(error is SocketError.Success, opened.Message.Length == 0);
        if (opened.Flow is { } flow) Assert.InRange(flow.Key.Local.Port, 32_768, 60_999);
    }

    [Fact]
    public void A_fragmented_segment_reaches_its_flow_whole()
    {
        _host.Listen(Port);
        var flow = Judge(Packet("10.0.0.1", Port, TcpFlags.Syn, 100)).Flow!;
        flow.Become(new TestOwner(FlowOwnerKind.Software, 0));
        var whole = Packet("10.0.0.1", Port, TcpFlags.Ack, 101, 0, new string('x', 100));
        var (first, second) = HostPackets.Cut(whole, at: 64);
        Assert.Equal(HostAction.Hold, Judge(second).Action);
        var verdict = Judge(first);
        Assert.Equal((HostAction.Deliver, flow, 100), (verdict.Action, verdict.Flow, _host.Host.Segment.Payload.Length));
    }

    private static Listener Connector() => new(0, int.MaxValue, Transport.Tcp.TcpSettings.Default, 1 << 16);

    private static TcpEndpoint Remote(string address) => new(IpAddress.Parse(address), 80);

    private HostVerdict Judge(byte[] packet)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes, 0);
        return _host.Host.OnFrame(new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0), _now);
    }

    private static byte[] Packet(
        string from, ushort port, TcpFlags flags, uint sequence, uint acknowledgment = 0, string payload = "") =>
        PacketTo(from.Contains(':') ? "fd00:9::1" : "10.9.0.1", from, port, flags, sequence, acknowledgment, payload);

    private static byte[] PacketTo(
        string to, string from, ushort port, TcpFlags flags, uint sequence, uint acknowledgment = 0, string payload = "")
    {
        var flow = new FlowKey(new TcpEndpoint(IpAddress.Parse(from), 40_000), new TcpEndpoint(IpAddress.Parse(to), port));
        return HostPackets.Write(flow, flags, sequence, acknowledgment, System.Text.Encoding.ASCII.GetBytes(payload));
    }

    private sealed class TestOwner(FlowOwnerKind kind, long epoch) : FlowOwner(kind, epoch)
    {
        public override string ToString() => Kind.ToString();
    }
}
