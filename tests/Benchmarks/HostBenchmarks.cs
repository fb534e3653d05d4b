using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>A host with 10,000 established flows gets a segment for one after the other.</summary>
public class HostBenchmarks
{
    private const int Flows = 10_000;
    private const ushort Port = 7;

    private static readonly IpAddress Local = IpAddress.Parse("10.9.0.1");
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);

    private readonly LinkFrame[] _frames = new LinkFrame[Flows];
    private TcpHost _host = null!;
    private int _next;

    [GlobalSetup]
    public void Open()
    {
        var settings = new HostSettings([Local]) { Seed = 1 };
        _host = new TcpHost(settings);
        _host.Listen(new Listener(Port, Flows, settings.Tcp, receiveCapacity: 64 * 1024));
        for (var flow = 0; flow < Flows; flow++)
        {
            var key = new FlowKey(
                new TcpEndpoint(IpAddress.Parse($"10.{flow / 250 / 250 + 1}.{flow / 250 % 250}.{flow % 250 + 1}"), 40_000),
                new TcpEndpoint(Local, Port));
            var opened = _host.OnFrame(Frame(HostPackets.Write(key, TcpFlags.Syn, 100, 0, default)), Now).Flow
                ?? throw new InvalidOperationException($"No flow was opened for {key}.");
            opened.EndHandshake();
            opened.Become(new BenchmarkOwner());
            _frames[flow] = Frame(HostPackets.Write(key, TcpFlags.Ack, 101, 1, default));
        }
    }

    [Benchmark(Description = "host lookup: a segment of one of 10,000 flows")]
    public HostAction OnFrame()
    {
        // A prime step, so that neighbours in time are not neighbours in memory.
        _next = (_next + 7_919) % Flows;
        var verdict = _host.OnFrame(_frames[_next], Now);
        return verdict.Action is HostAction.Deliver ? verdict.Action : throw new InvalidOperationException($"{verdict.Action}");
    }

    private static LinkFrame Frame(byte[] packet)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes);
        return new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: true, SegmentSize: 0);
    }

    private sealed class BenchmarkOwner() : FlowOwner(FlowOwnerKind.Software, epoch: 0)
    {
        public override string ToString() => "software";
    }
}
