using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>RFC 3168.</summary>
public sealed class EcnTests
{
    [Theory]
    [InlineData(EcnMode.Active, EcnMode.Active, true)]
    [InlineData(EcnMode.Active, EcnMode.Passive, true)]
    [InlineData(EcnMode.Active, EcnMode.Off, false)]
    [InlineData(EcnMode.Passive, EcnMode.Active, false)]
    [InlineData(EcnMode.Passive, EcnMode.Passive, false)]
    [InlineData(EcnMode.Off, EcnMode.Active, false)]
    [Rfc(3168, "6.1.1")]
    public void It_is_in_use_where_the_opener_asks_and_the_other_does_not_refuse(EcnMode client, EcnMode server, bool used)
    {
        var settings = new SimulationSettings { ClientBytes = 50_000, ServerBytes = 50_000 };
        settings = settings with { Tcp = settings.Tcp with { Ecn = client }, ServerTcp = settings.Tcp with { Ecn = server } };
        var simulation = new TcpSimulation(settings);
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(1)), simulation.ToString());
        var asked = client is EcnMode.Active ? TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.None;
        Assert.Equal(TcpFlags.Syn | asked, simulation.Trace[0].Flags);
        foreach (var entry in simulation.Trace)
        {
            var isCapable = used && entry.Length > 0;
            Assert.Equal(isCapable ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct, entry.Ecn);
        }
    }

    [Fact]
    [Rfc(3168, "6.1.5")]
    public void What_is_resent_is_not_capable()
    {
        var settings = new SimulationSettings { Loss = 0.05, Marking = 0.02 };
        var simulation = new TcpSimulation(settings with { Tcp = settings.Tcp with { Ecn = EcnMode.Active } });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(5)), simulation.ToString());
        var sent = simulation.Trace.Where(entry => entry.From == "client" && entry.Length > 0).ToList();
        var highest = sent[0].Sequence;
        var resent = 0;
        foreach (var entry in sent)
        {
            if (entry.Sequence < highest) resent++;
            Assert.Equal(entry.Sequence < highest ? EcnCodepoint.NotEct : EcnCodepoint.Ect0, entry.Ecn);
            highest = SequenceNumber.Max(highest, entry.Sequence + entry.Length);
        }

        Assert.True(resent > 0);
    }

    [Fact]
    [Rfc(3168, "6.1.3")]
    public void A_mark_is_echoed_at_once_and_until_the_peer_has_reduced_its_window()
    {
        var peer = ScriptedPeer.Established(ecn: true);
        for (var i = 0u; i < 16; i++) peer.Arrive(TcpFlags.Ack, 1001 + i * 10, 5001, 10); // beyond the quick acknowledgments
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1161, 5001, 10));
        var echo = Assert.Single(peer.Arrive(TcpFlags.Ack, 1171, 5001, 10, ecn: EcnCodepoint.CongestionExperienced));
        Assert.True(echo.Has(TcpFlags.Ece));
        Assert.All(peer.Arrive(TcpFlags.Ack, 1181, 5001, 3_000), ack => Assert.True(ack.Has(TcpFlags.Ece)));
        Assert.All(peer.Arrive(TcpFlags.Ack | TcpFlags.Cwr, 4181, 5001, 3_000), ack => Assert.False(ack.Has(TcpFlags.Ece)));
    }

    [Fact]
    [Rfc(3168, "6.1.2")]
    public void An_echo_reduces_the_window_once_a_window_and_the_next_new_text_says_so()
    {
        var peer = ScriptedPeer.Established(ecn: true);
        peer.Write(200_000);
        var next = peer.Arrive(TcpFlags.Ack | TcpFlags.Ece, 1001, 5001 + 1460);
        var threshold = peer.Connection.Info.SlowStartThreshold;
        Assert.Equal(14_600u * 8 / 10, threshold);
        for (var acknowledged = 2u; acknowledged <= 10; acknowledged++)
            next.AddRange(peer.Arrive(TcpFlags.Ack | TcpFlags.Ece, 1001, 5001 + acknowledged * 1460));
        Assert.True(next.Count > 1 && next[0].Has(TcpFlags.Cwr));
        Assert.All(next.Skip(1), segment => Assert.False(segment.Has(TcpFlags.Cwr)));
        Assert.Equal(0, peer.Connection.Info.Retransmissions);
        Assert.Equal(threshold, peer.Connection.Info.SlowStartThreshold);
    }

    [Fact]
    public void A_peer_that_did_not_agree_is_not_heeded()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(200_000);
        peer.Arrive(TcpFlags.Ack | TcpFlags.Ece, 1001, 5001 + 1460);
        Assert.Equal(uint.MaxValue, peer.Connection.Info.SlowStartThreshold);
    }

    [Fact]
    [Rfc(3168, "6.1.1.1")]
    public void A_request_that_had_no_answer_is_repeated_without_asking()
    {
        var peer = new ScriptedPeer(TcpSettings.Default with { Ecn = EcnMode.Active }, active: true);
        Assert.True(Assert.Single(peer.Output()).Has(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr));
        Assert.Equal(TcpFlags.Syn, Assert.Single(peer.WaitForTimer()).Flags);
    }

    [Fact]
    public void Marks_slow_a_transfer_without_a_retransmission()
    {
        var settings = new SimulationSettings { Marking = 0.05, ClientBytes = 1_000_000 };
        var simulation = new TcpSimulation(settings with { Tcp = settings.Tcp with { Ecn = EcnMode.Active } });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(5)), simulation.ToString());
        Assert.True(simulation.Client.Connection!.Info.SlowStartThreshold < uint.MaxValue);
        Assert.Equal(0, simulation.Client.Connection.Info.Retransmissions);
    }
}
