using System.Buffers;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>
/// The rows of the conformance matrix without a connection: RFC 9293 sections 3.10.7.1 (CLOSED) and 3.10.7.2 (LISTEN), every kind
/// of segment over IPv4 and IPv6. What is expected is written from the text of the RFC.
/// </summary>
public class ConformanceTests : StackTest
{
    private const uint Sequence = 1_000;
    private const uint Acknowledgment = 5_000;
    private const ushort FreePort = 4711;

    private static readonly TcpFlags[] Kinds =
    [
        TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Fin, TcpFlags.Syn | TcpFlags.Rst, TcpFlags.Ack,
        TcpFlags.Fin,
        TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Urg | TcpFlags.Ack, TcpFlags.None,
    ];

    public static TheoryData<bool, TcpFlags, int, bool> Cells
    {
        get
        {
            var cells = new TheoryData<bool, TcpFlags, int, bool>();
            foreach (var isListening in (bool[])[false, true])
            {
                foreach (var flags in Kinds)
                {
                    foreach (var text in (int[])[0, 100])
                    {
                        cells.Add(isListening, flags, text, false);
                        cells.Add(isListening, flags, text, true);
                    }
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Rfc(9293, "3.10.7.1", "3.10.7.2")]
    public void A_segment_without_a_connection_is_dealt_with_as_RFC_9293_says(
        bool isListening, TcpFlags flags, int text, bool ipv6)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        var port = isListening ? EchoPort : FreePort;
        var segment = Segment("10.0.0.9", 999, port, flags, Sequence, Acknowledgment) with
        {
            Payload = new ReadOnlySequence<byte>(new byte[text]),
            MaximumPayload = text,
            Options = new TcpOptions { HasTimestamps = (flags & TcpFlags.Syn) == 0, TimestampValue = 1, TimestampEcho = 2 },
        };
        if (ipv6)
        {
            segment.Flow = new FlowKey(
                new TcpEndpoint(IpAddress.Parse("fd00::9"), 999), new TcpEndpoint(IpAddress.Parse(ServerIPv6), port));
        }

        Peer.Send(segment);

        var expected = isListening ? InListen(flags) : InClosed(flags, text);
        Pump(() => Statistics().SegmentsReceived == 1 && (expected.Length == 0 || Peer.Segments.Count > 0),
            $"the segment and {expected}");
        Assert.Equal(expected, string.Join(" ", Peer.Segments.Select(Show)));
        Assert.Equal(expected.Contains("Syn", StringComparison.Ordinal) ? 1 : 0, Statistics().Connections);
        Assert.All(Peer.Segments, AssertOptions);
    }

    /// <summary>RFC 7323 section 3.2: nothing was agreed on with whoever sent the segment, and the SYN offered nothing.</summary>
    private static void AssertOptions(TcpSegment answer)
    {
        ref readonly var options = ref answer.Options;
        Assert.Equal(answer.Has(TcpFlags.Syn), options.MaximumSegmentSize > 0);
        Assert.False(options.HasTimestamps || options.HasWindowScale || options.SackPermitted);
        Assert.False(options.HasFastOpen || options.SackCount > 0);
    }

    /// <summary>3.10.7.1: whatever has no RST is answered with one.</summary>
    private static string InClosed(TcpFlags flags, int text)
    {
        if ((flags & TcpFlags.Rst) != 0) return "";
        if ((flags & TcpFlags.Ack) != 0) return $"<SEQ={Acknowledgment}><CTL=Rst>";
        var length = text + ((flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((flags & TcpFlags.Fin) != 0 ? 1 : 0);
        return $"<SEQ=0><ACK={Sequence + length}><CTL=Rst, Ack>";
    }

    /// <summary>3.10.7.2, its checks in its order. Deviation, Linux's: a SYN with a FIN is dropped.</summary>
    private static string InListen(TcpFlags flags)
    {
        if ((flags & TcpFlags.Rst) != 0) return "";
        if ((flags & TcpFlags.Ack) != 0) return $"<SEQ={Acknowledgment}><CTL=Rst>";
        return flags == TcpFlags.Syn ? $"<SEQ=ISS><ACK={Sequence + 1}><CTL=Syn, Ack>" : "";
    }

    private static string Show(TcpSegment segment)
    {
        var sequence = segment.Has(TcpFlags.Syn) ? "ISS" : $"{segment.Sequence.Value}";
        return segment.Has(TcpFlags.Ack)
            ? $"<SEQ={sequence}><ACK={segment.Acknowledgment.Value}><CTL={segment.Flags}>"
            : $"<SEQ={sequence}><CTL={segment.Flags}>";
    }
}
