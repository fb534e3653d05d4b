using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Paths;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// Paths that swallow packets above their MTU and do not tell (RFC 4821 section 7.7): found by timeouts, and not where packets
/// are lost at random, whatever their size.
/// </summary>
public sealed class BlackHoleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly TcpCounters _counters = new();

    [Theory]
    [InlineData(1_280, 1_280, false, true, true, 5)]
    [InlineData(1_280, 1_280, true, true, true, 5)]
    [InlineData(1_280, 1_280, true, false, false, 100)]
    [InlineData(1_400, 1_400, true, true, true, 50)]
    [InlineData(1_100, 1_006, false, true, true, 5)]
    [InlineData(1_100, 1_006, false, false, true, 50)]
    [InlineData(1_100, 1_006, false, true, false, 100)]
    [InlineData(576, 552, false, true, true, 5)]
    [InlineData(576, 552, false, false, true, 50)]
    [InlineData(576, 552, false, true, false, 60)]
    [Rfc(4821, "7.7")]
    public void A_black_hole_is_passed_in_three_seconds_and_its_size_found(
        int carried, int found, bool ipv6, bool timestamps, bool sack, int delay)
    {
        var simulation = Simulation(ipv6, timestamps, sack, TimeSpan.FromMilliseconds(delay));
        Swallow(simulation, carried);
        Assert.True(simulation.Run(Limit, () => simulation.Server.BytesRead > 0), simulation.ToString());
        var passed = simulation.Now;
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(2)), simulation.ToString());

        var path = simulation.Client.Connection!.Path!.Value;
        Assert.Equal(found, path.Mtu);
        Assert.InRange(path.RaiseAt!.Value - simulation.Now, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.Equal(3, simulation.Trace.Count(sent => sent.At >= passed && IsTooLarge(sent, carried, ipv6, timestamps)));
    }

    /// <summary>The same with a new owner after every input.</summary>
    [Theory]
    [InlineData(1_280)]
    [InlineData(576)]
    public void A_black_hole_is_found_as_soon_where_the_connection_moves(int carried)
    {
        Assert.Equal(Passed(moved: false), Passed(moved: true));

        TimeSpan Passed(bool moved)
        {
            var simulation = Simulation(ipv6: false, timestamps: true, sack: true, TimeSpan.FromMilliseconds(5));
            if (moved) simulation.AfterInput = (endpoint, now) => endpoint.Migrate(now);
            Swallow(simulation, carried);
            Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(1)), simulation.ToString());
            return simulation.Now;
        }
    }

    /// <summary>
    /// An application that writes little by little after what vanished: what arrives of it says nothing of large segments.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Small_segments_that_arrive_do_not_hide_a_black_hole(bool sack)
    {
        var settings = TcpSettings.Default with { Timestamps = false, MaximumSegmentPayload = 64 * 1024, Sack = sack };
        var peer = ScriptedPeer.Established(settings with { Options = settings.Options with { NoDelay = true } });
        var (start, beyond) = (peer.Now, 0u);
        peer.Write(3 * 1_460);
        while (peer.Connection.PathMtu == 1_500)
        {
            Assert.InRange(peer.Now - start, TimeSpan.Zero, Limit);
            Tell(peer.Write(100));
            for (var step = 0; step < 10; step++) Tell(peer.Wait(TimeSpan.FromMilliseconds(10)));
        }

        void Tell(List<OutboundSegment> sent)
        {
            foreach (var small in sent.Where(segment => segment.Payload.Length == 100))
            {
                beyond = Math.Max(beyond, small.Sequence.Value + 100);
                var options = new TcpOptions { SackCount = (byte)(sack ? 1 : 0) };
                options.Sack[0] = new SackBlock(new SequenceNumber(5_001 + 3 * 1_460), new SequenceNumber(beyond));
                peer.Arrive(TcpFlags.Ack, 1001, 5_001, options: options);
            }
        }
    }

    /// <summary>Segments that arrived before say nothing of the path that is now.</summary>
    [Theory]
    [InlineData(1_280)]
    [InlineData(576)]
    public void A_path_that_narrows_under_a_connection_is_found_as_soon(int carried)
    {
        var simulation = Simulation(ipv6: false, timestamps: true, sack: true, TimeSpan.FromMilliseconds(20));
        simulation.Connect();
        Assert.True(simulation.Run(Limit, () => simulation.Server.BytesRead > 100_000));
        simulation.Filter = (from, segment) => Size(segment, from.Connection!.Flow.Remote.Address.IsIPv6) <= carried;
        var before = simulation.Server.BytesRead + 200_000;
        var passed = simulation.Run(Limit + TimeSpan.FromSeconds(1), () => simulation.Server.BytesRead >= before);
        Assert.True(passed, simulation.ToString());
        Assert.InRange(simulation.Client.Connection!.PathMtu, 552, carried);
    }

    /// <summary>
    /// Acknowledgments are lost as well. Where a tenth of all is, four segments in a row do vanish now and then: a larger one is
    /// then being tried at once, and nothing is believed for long.
    /// </summary>
    [Theory]
    [InlineData(0.01, true)]
    [InlineData(0.03, true)]
    [InlineData(0.05, true)]
    [InlineData(0.1, true)]
    [InlineData(0.03, false)]
    [InlineData(0.1, false)]
    public void Random_loss_is_no_black_hole(double loss, bool sack)
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            var simulation = new TcpSimulation(new SimulationSettings
            {
                Seed = seed,
                Loss = loss,
                ClientBytes = 200_000,
                ServerBytes = 0,
                Tcp = TcpSettings.Default with { MaximumSegmentPayload = 16 * 1024, Sack = sack, Counters = _counters },
            });
            PathKnowledge? known = null;
            simulation.AfterOutput = (_, _) => known = simulation.Client.Connection!.Path ?? known;
            simulation.Connect();
            Assert.True(simulation.RunTransfer(TimeSpan.FromHours(1)), simulation.ToString());
            Assert.True(known!.Value.Mtu == 1_500 || known.Value.RaiseAt <= simulation.Now, $"{known} is believed, seed {seed}");
        }

        Assert.InRange(_counters[TcpExt.TCPMTUPFail], 0, loss < 0.1 ? 0 : 5);
    }

    [Fact]
    public void One_packet_that_is_lost_twice_is_no_black_hole_as_long_as_others_arrive()
    {
        var simulation = Simulation(ipv6: false, timestamps: true, sack: true, TimeSpan.FromMilliseconds(20));
        var losses = 0;
        simulation.Filter = (_, segment) => segment.Payload.Length == 0 || segment.Sequence != First(simulation) || ++losses > 3;
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(1)), simulation.ToString());
        Assert.Equal((1_500, 0L), (simulation.Client.Connection!.PathMtu, _counters[TcpExt.TCPMTUPFail]));
    }

    private static SequenceNumber First(TcpSimulation simulation) => simulation.Trace[0].Sequence + 1;

    /// <summary>The path's probes are lost alone.</summary>
    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    [InlineData("bbr")]
    [Rfc(4821, "7.6.2")]
    public void A_probe_that_alone_is_lost_is_no_congestion_RFC_4821_section_7_6_2(string congestion)
    {
        var simulation = Simulation(ipv6: false, timestamps: true, sack: true, TimeSpan.FromMilliseconds(20), congestion);
        simulation.Filter = (from, segment) => Size(segment, isIPv6: false) <= 1_280;
        simulation.Connect();
        simulation.Client.Connection!.ExpectPath(new PathKnowledge(1_280, simulation.Now), simulation.Now);
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(1)), simulation.ToString());
        Assert.Equal(3, simulation.Trace.Count(sent => IsTooLarge(sent, 1_280, ipv6: false, timestamps: true)));
        Assert.Equal(uint.MaxValue, simulation.Client.Connection.Info.SlowStartThreshold);
        Assert.Equal(0, _counters[TcpExt.TCPTimeouts]);
    }

    private TcpSimulation Simulation(bool ipv6, bool timestamps, bool sack, TimeSpan delay, string congestion = "cubic") =>
        new(new SimulationSettings
        {
            IPv6 = ipv6,
            Delay = delay,
            ServerBytes = 0,
            ClientBytes = 600_000,
            Tcp = TcpSettings.Default with
            {
                MaximumSegmentPayload = 64 * 1024,
                Timestamps = timestamps,
                Sack = sack,
                Counters = _counters,
                Options = new SocketOptions { CongestionAlgorithm = congestion },
            },
        });

    /// <summary>From the start the path carries no packet of more than <paramref name="carried"/> bytes.</summary>
    private static void Swallow(TcpSimulation simulation, int carried)
    {
        simulation.Filter = (from, segment) => Size(segment, from.Connection!.Flow.Remote.Address.IsIPv6) <= carried;
        simulation.Connect();
    }

    private static int Size(in TcpSegment segment, bool isIPv6) =>
        (isIPv6 ? 60 : 40) + segment.Payload.Length
        + (segment.Options.HasTimestamps ? 12 : 0) + (segment.Options.SackCount > 0 ? 4 + 8 * segment.Options.SackCount : 0);

    private static bool IsTooLarge(TraceEntry sent, int carried, bool ipv6, bool timestamps) =>
        sent.Length > 0 && (ipv6 ? 60 : 40) + (timestamps ? 12 : 0) + sent.Length > carried;
}
