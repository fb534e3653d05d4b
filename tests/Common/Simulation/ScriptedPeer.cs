using System.Buffers;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>
/// One connection under test against a peer that the test plays segment by segment. The peer's first byte after its SYN has
/// number 1001, the connection's 5001; both announce MSS 1460 unless told otherwise.
/// </summary>
public sealed class ScriptedPeer
{
    public const uint PeerIss = 1000;
    public const uint Iss = 5000;
    public const int WindowScale = 7;

    private static readonly FlowKey IPv4 = FlowBetween("10.0.0.2", "10.0.0.1");
    private static readonly FlowKey IPv6 = FlowBetween("fd00::2", "fd00::1");

    private readonly TcpSettings _settings;

    /// <param name="early">Bytes written before an active open, or that come with the peer's SYN.</param>
    /// <param name="offer">The options of the peer's SYN; null: MSS, SACK, window scale and, where asked for, timestamps.</param>
    public ScriptedPeer(
        TcpSettings? settings = null, int receiveCapacity = 64 * 1024, bool active = false, bool timestamps = false,
        bool ecn = false, FastOpenAttempt? attempt = null, int early = 0, FastOpenAnswer answer = default, bool ipv6 = false,
        TcpOptions? offer = null, uint peerIss = PeerIss)
    {
        var flow = ipv6 ? IPv6 : IPv4;
        _settings = settings ?? TcpSettings.Default with
        {
            Timestamps = timestamps,
            MaximumSegmentPayload = 64 * 1024,
            Options = new SocketOptions { CongestionAlgorithm = "reno" }, // windows that a test can tell by heart
        };
        Receive = new SimulatedReceiveQueue(receiveCapacity);
        var iss = new SequenceNumber(Iss);
        var syn = Syn(offer ?? Offer(timestamps), ecn, peerIss, early);
        if (active) Send.Write(TestPattern.Take(0, early, salt: 4));
        Connection = active
            ? TcpConnection.Connect(flow, _settings, Send, Receive, iss, TimeSpan.Zero, Now, attempt)
            : TcpConnection.Accept(flow, syn, _settings, Send, Receive, iss, TimeSpan.Zero, Now, answer);
    }

    public TcpConnection Connection { get; private set; }

    public SimulatedSendQueue Send { get; private set; } = new(1 << 24);

    public SimulatedReceiveQueue Receive { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>The window that the peer announces in the segments it plays, unscaled.</summary>
    public ushort Window { get; set; } = ushort.MaxValue;

    public static ScriptedPeer Established(
        TcpSettings? settings = null, int receiveCapacity = 64 * 1024, bool timestamps = false, bool ecn = false,
        uint peerIss = PeerIss)
    {
        var peer = new ScriptedPeer(settings, receiveCapacity, timestamps: timestamps, ecn: ecn, peerIss: peerIss);
        peer.Output();
        peer.Arrive(TcpFlags.Ack, peerIss + 1, 5001);
        peer.Connection.TakeEvents();
        return peer;
    }

    /// <summary>The connection's next segments, headers copied.</summary>
    public List<OutboundSegment> Output()
    {
        var segments = new List<OutboundSegment>();
        while (Connection.TryTransmit(Now, out var segment))
        {
            segment.Payload = new ReadOnlySequence<byte>(segment.Payload.ToArray());
            segments.Add(segment);
        }

        Connection.OnBurstEnd(Now);
        return segments;
    }

    public List<OutboundSegment> Arrive(
        TcpFlags flags, uint sequence, uint acknowledgment, int length = 0, TcpOptions options = default,
        EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        Take(flags, sequence, acknowledgment, length, options, ecn);
        return Output();
    }

    /// <summary>One of a burst: the connection answers with the next output.</summary>
    /// <param name="segmentSize">Bytes of each segment on the wire that was merged into this one; 0: it is one.</param>
    public void Take(
        TcpFlags flags, uint sequence, uint acknowledgment, int length = 0, TcpOptions options = default,
        EcnCodepoint ecn = EcnCodepoint.NotEct, ushort segmentSize = 0)
    {
        var segment = new TcpSegment
        {
            Flags = flags,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Window = Window,
            Ecn = ecn,
            Options = options,
            SegmentSize = segmentSize,
        };
        segment.Payload = TestPattern.Take(segment.PayloadStart.Value, length, salt: 3);
        Connection.OnSegment(segment, Now);
    }

    public List<OutboundSegment> Write(int count, bool close = false)
    {
        if (count > 0) Send.Write(TestPattern.Take(0, count, salt: 4));
        if (close) Send.Complete();
        Connection.OnApplicationWrote(Now);
        return Output();
    }

    public List<OutboundSegment> Read(int count)
    {
        Receive.Read(count);
        Connection.OnApplicationRead(Now);
        return Output();
    }

    public List<OutboundSegment> Wait(TimeSpan time)
    {
        Now += time;
        Connection.OnTimer(Now);
        return Output();
    }

    /// <summary>Lets time pass in which the owner of the connection reads nothing: it has read the link last before.</summary>
    public List<OutboundSegment> HoldUp(TimeSpan time)
    {
        var readAt = Now;
        Now += time;
        Connection.OnTimer(Now, readAt);
        return Output();
    }

    /// <summary>Lets time pass to the next deadline.</summary>
    public List<OutboundSegment> WaitForTimer() =>
        Wait((Connection.NextDeadline ?? throw new InvalidOperationException("no timer runs")) - Now);

    /// <summary>Moves the connection through its record into a new one.</summary>
    public void Move()
    {
        var image = Connection.Capture(ExportScope.Whole, Now);
        Send = Send.Successor(image.Payload.Send.ToArray());
        Connection = TcpConnection.Import(image, _settings, Send, Receive, Now);
    }

    private static FlowKey FlowBetween(string local, string remote) =>
        new(new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), 40_000));

    private static TcpOptions Offer(bool timestamps) => new()
    {
        MaximumSegmentSize = 1460,
        SackPermitted = true,
        HasWindowScale = true,
        WindowScale = WindowScale,
        HasTimestamps = timestamps,
        TimestampValue = 900,
    };

    private static TcpSegment Syn(in TcpOptions offer, bool ecn, uint iss, int length) => new()
    {
        Payload = TestPattern.Take(iss + 1, length, salt: 3),
        Flags = ecn ? TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.Syn,
        Sequence = new SequenceNumber(iss),
        Window = ushort.MaxValue,
        Options = offer,
    };
}
