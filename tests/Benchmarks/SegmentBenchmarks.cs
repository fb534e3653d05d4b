using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>Reads the headers of one segment with timestamps and two SACK blocks.</summary>
public class SegmentBenchmarks
{
    private byte[] _packet = [];

    /// <summary>Bytes of payload.</summary>
    [Params(0, 1448)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Write()
    {
        var options = new TcpOptions { HasTimestamps = true, TimestampValue = 1, TimestampEcho = 2, SackCount = 2 };
        options.Sack[0] = new SackBlock(new SequenceNumber(3000), new SequenceNumber(4000));
        options.Sack[1] = new SackBlock(new SequenceNumber(1000), new SequenceNumber(2000));
        var flow = new FlowKey(
            new TcpEndpoint(IpAddress.Parse("10.0.0.1"), 40_000), new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7));
        _packet = HostPackets.Write(flow, TcpFlags.Ack, 100, 200, new byte[Payload], options);
    }

    [Benchmark(Description = "parse a segment, checksum verified by the link")]
    public TcpFlags Parse()
    {
        PacketReader.Read(_packet, checksumVerified: true, 0, out var packet);
        return packet.Tcp.Flags;
    }

    [Benchmark(Description = "parse a segment, checksum to verify")]
    public TcpFlags ParseAndVerify()
    {
        PacketReader.Read(_packet, checksumVerified: false, 0, out var packet);
        return packet.Tcp.Flags;
    }
}
