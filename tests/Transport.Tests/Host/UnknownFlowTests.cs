using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>Segments of unknown flows at a host whose addresses other hosts have too.</summary>
public sealed class UnknownFlowTests
{
    private const ushort Port = 7;

    private static readonly IpAddress Local = IpAddress.Parse("10.9.0.1");
    private static readonly IpAddress LocalIPv6 = IpAddress.Parse("fd00:9::1");
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);

    private readonly TcpHost _host = HostWith(isShared: false);

    [Theory]
    [InlineData("10.0.0.1", TcpFlags.Ack, "")]
    [InlineData("fd00::1", TcpFlags.Ack, "")]
    [InlineData("10.0.0.1", TcpFlags.Ack | TcpFlags.Psh, "data")]
    [InlineData("10.0.0.1", TcpFlags.Ack | TcpFlags.Fin, "")]
    [InlineData("10.0.0.1", TcpFlags.Ack | TcpFlags.Syn, "")]
    [InlineData("10.0.0.1", TcpFlags.Rst, "")]
    [InlineData("fd00::1", TcpFlags.Rst | TcpFlags.Ack, "")]
    [Rfc(9293, "3.10.7.1")]
    public void A_segment_that_another_host_may_own_is_asked_about(string from, TcpFlags flags, string payload)
    {
        foreach (var isListening in (bool[])[false, true])
        {
            if (isListening) Listen(_host);
            var verdict = Judge(_host, from, flags, payload);
            Assert.Equal((HostAction.Ask, (DropReason?)null), (verdict.Action, verdict.Reason));
            Assert.Equal((IpAddress.Parse(from), Port), (_host.UnknownFlow.Remote.Address, _host.UnknownFlow.Local.Port));
            Assert.False(verdict.Frame.Packet.IsEmpty);
            verdict.Frame.Buffer.Release();
        }

        Assert.Equal(0, _host.Counters.ResetsSent);
    }

    [Fact]
    public void A_syn_opens_a_flow_or_is_refused_without_a_question()
    {
        Assert.Equal(HostAction.Respond, Judge(_host, "10.0.0.1", TcpFlags.Syn).Action);
        Listen(_host);
        Assert.Equal(HostAction.Open, Judge(_host, "10.0.0.1", TcpFlags.Syn).Action);
    }

    [Fact]
    public void A_segment_without_an_acknowledgment_belongs_to_no_connection_and_is_not_asked_about()
    {
        Listen(_host);
        Assert.Equal(HostAction.Drop, Judge(_host, "10.0.0.1", TcpFlags.Fin).Action);
        Assert.Equal(HostAction.Drop, Judge(_host, "10.0.0.1", TcpFlags.None).Action);
    }

    [Fact]
    public void A_host_without_a_directory_asks_nobody()
    {
        var host = new TcpHost(new HostSettings([Local]) { Seed = 1 });
        Assert.Equal(HostAction.Respond, Judge(host, "10.0.0.1", TcpFlags.Ack).Action);
    }

    [Theory]
    [InlineData("10.0.0.1", "", false)]
    [InlineData("fd00::1", "data", false)]
    [InlineData("10.0.0.1", "data", true)]
    public void A_frame_that_no_host_owns_gets_the_reset_that_it_was_spared(string from, string payload, bool isShared)
    {
        var host = HostWith(isShared);
        Listen(host);
        var asked = Judge(host, from, TcpFlags.Ack, payload);
        Assert.Equal(HostAction.Ask, asked.Action);
        Assert.Equal(HostAction.Respond, host.OnOwnerlessFrame(asked.Frame, Now).Action);
        Assert.Equal((TcpFlags.Rst, new SequenceNumber(555)), (host.Response.Flags, host.Response.Sequence));
        Assert.Equal(HostAction.Ask, Judge(host, from, TcpFlags.Ack, payload).Action);
    }

    [Fact]
    public void Resets_after_a_question_are_limited_by_rate_too()
    {
        var answered = Enumerable.Range(0, 1_500)
            .Count(_ => _host.OnOwnerlessFrame(Frame("10.0.0.1", TcpFlags.Ack, ""), Now).Action is HostAction.Respond);
        Assert.Equal((1_000, 500), (answered, _host.Counters[DropReason.ResetRate]));
    }

    [Fact]
    public void A_frame_whose_flow_has_come_meanwhile_goes_to_its_owner()
    {
        var listener = Listen(_host);
        var asked = Judge(_host, "10.0.0.1", TcpFlags.Ack, "data");
        Assert.True(_host.TryAdopt(listener, _host.UnknownFlow, out var flow, out _));
        Assert.True(_host.Has(flow!.Key));
        flow.Become(new NodeOwner("b", 1));
        var verdict = _host.OnOwnerlessFrame(asked.Frame, Now);
        Assert.Equal((HostAction.Forward, flow), (verdict.Action, verdict.Flow));
    }

    [Fact]
    public void A_cookie_of_another_host_with_the_same_secret_opens_the_flow_without_a_question()
    {
        var (one, other) = (HostWith(isShared: true, halfOpen: 0), HostWith(isShared: true));
        Listen(one);
        Listen(other);
        Assert.Equal(HostAction.Respond, Judge(one, "10.0.0.1", TcpFlags.Syn, sequence: 99).Action);
        var cookie = one.Response.Sequence;
        var verdict = Judge(other, "10.0.0.1", TcpFlags.Ack, sequence: 100, acknowledgment: cookie.Value + 1);
        Assert.Equal(HostAction.Open, verdict.Action);
    }

    private static TcpHost HostWith(bool isShared, int halfOpen = 4_096) => new(new HostSettings([Local, LocalIPv6])
    {
        Seed = 1,
        HasDirectory = true,
        MaximumHalfOpen = halfOpen,
        Shared = isShared ? new SharedSecret(new byte[32], new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)) : null,
    });

    private static Listener Listen(TcpHost host)
    {
        var listener = new Listener(Port, 128, host.Tcp, receiveCapacity: 64 * 1024);
        host.Listen(listener.On(host));
        return listener;
    }

    private static HostVerdict Judge(
        TcpHost host, string from, TcpFlags flags, string payload = "", uint sequence = 100, uint acknowledgment = 555) =>
        host.OnFrame(Frame(from, flags, payload, sequence, acknowledgment), Now);

    private static LinkFrame Frame(
        string from, TcpFlags flags, string payload, uint sequence = 100, uint acknowledgment = 555)
    {
        var source = IpAddress.Parse(from);
        var flow = new FlowKey(new TcpEndpoint(source, 40_000), new TcpEndpoint(source.IsIPv6 ? LocalIPv6 : Local, Port));
        var packet = HostPackets.Write(flow, flags, sequence, acknowledgment, System.Text.Encoding.ASCII.GetBytes(payload));
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes, 0);
        return new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0);
    }
}
