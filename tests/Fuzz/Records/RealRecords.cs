using ActorStack.Fuzz.Tcp;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Records;

/// <summary>
/// Records of connections with something outstanding, something lost and something out of order, one for each congestion control.
/// </summary>
internal static class RealRecords
{
    public static ConnectionImage[] Create() => [.. CongestionControls.Names.Select(Create)];

    /// <summary>The same as the build of version 1 wrote them.</summary>
    public static IEnumerable<byte[]> Version1() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Records", "Version1")).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);

    private static ConnectionImage Create(string congestion)
    {
        var now = TimeSpan.FromSeconds(100);
        var settings = new FuzzSettings(new FuzzInput(new byte[] { 0b0001_0111, 0, 4, 4 })).Tcp;
        settings = settings with { Options = settings.Options with { CongestionAlgorithm = congestion } };
        var send = new PatternSendQueue(FuzzFlows.FromServer, int.MaxValue);
        var receive = new PatternReceiveQueue(FuzzFlows.FromClient, 65_536, int.MaxValue);
        var options = new TcpOptions
        {
            SackPermitted = true,
            HasTimestamps = true,
            TimestampValue = 1,
            HasWindowScale = true,
            MaximumSegmentSize = 1000,
        };
        var syn = new TcpSegment { Flags = TcpFlags.Syn, Window = ushort.MaxValue, Options = options };
        var connection = TcpConnection.Accept(
            FuzzFlows.For(isIPv6: false), syn, settings, send, receive, new SequenceNumber(9_999), TimeSpan.Zero, now);
        Drain(connection, now);
        connection.OnSegment(Segment(1, 10_000, 0, 2), now);
        send.Write(8_000);
        connection.OnApplicationWrote(now);
        Drain(connection, now);
        var report = Segment(1, 10_988, 0, 3);
        report.Options.SackCount = 1;
        report.Options.Sack[0] = new SackBlock(new SequenceNumber(13_952), new SequenceNumber(17_904));
        now += TimeSpan.FromMilliseconds(20);
        connection.OnSegment(report, now);
        Drain(connection, now);
        connection.OnSegment(Segment(2_001, 10_988, 500, 3), now);
        connection.OnSegment(Segment(4_001, 10_988, 500, 3), now);
        Drain(connection, now);
        return connection.Capture(ExportScope.Whole, now);
    }

    private static TcpSegment Segment(uint sequence, uint acknowledgment, int length, uint timestamp) => new()
    {
        Flags = TcpFlags.Ack,
        Sequence = new SequenceNumber(sequence),
        Acknowledgment = new SequenceNumber(acknowledgment),
        Window = ushort.MaxValue,
        Options = new TcpOptions { HasTimestamps = true, TimestampValue = timestamp, TimestampEcho = 100_000 },
        Payload = FuzzFlows.FromClient.Slice(sequence - 1, length),
    };

    private static void Drain(TcpConnection connection, TimeSpan now)
    {
        while (connection.TryTransmit(now, out _))
        {
        }

        connection.OnBurstEnd(now);
    }
}
