using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// A peer that fills whatever window it is given, once in every round trip, and an application that reads all or little of it.
/// </summary>
public sealed class BufferTuningTests
{
    private const int Capacity = 16 * 1024 * 1024;
    private const int InitialLimit = 128 * 1024;
    private const int Segment = 1460;

    /// <summary>Of 16 MB; what the field says is rounded to it (RFC 7323 section 2.4).</summary>
    private const int WindowScale = 9;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _text = new byte[Segment];
    private readonly SimulatedReceiveQueue _receive = new(Capacity, InitialLimit);
    private readonly SimulatedSendQueue _send = new(1 << 20);
    private TcpSettings _settings = TcpSettings.Default;
    private TcpConnection _connection = null!;
    private TimeSpan _now = TimeSpan.FromSeconds(5);
    private SequenceNumber _next = new(uint.MaxValue - 300_000);
    private SequenceNumber _edge;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_window_grows_to_fill_a_long_path_and_not_beyond_the_capacity(bool timestamps)
    {
        Establish(timestamps);
        Assert.Equal(InitialLimit, _receive.Limit);
        var rounds = 0;
        while (Window < 12_500_000 && rounds++ < 12) Round(int.MaxValue);
        Assert.InRange(rounds, 2, 8);
        for (var more = 0; more < 3; more++) Round(int.MaxValue);
        Assert.Equal(Capacity, _receive.Limit);
        Assert.InRange(Window, Capacity - Segment - 512, Capacity);
    }

    [Fact]
    public void The_window_grows_no_further_than_SO_RCVBUF_allows()
    {
        _settings = TcpSettings.Default with { Options = new SocketOptions { ReceiveBuffer = 300_000 } };
        Establish(timestamps: true);
        for (var round = 0; round < 8; round++) Round(int.MaxValue, Move);
        Assert.Equal(300_000, _receive.Limit);
        _connection.SetOptions(_connection.Options with { ReceiveBuffer = 500_000 }, _now);
        for (var round = 0; round < 8; round++) Round(int.MaxValue, Move);
        Assert.Equal(500_000, _receive.Limit);
    }

    [Fact]
    public void The_window_stays_for_an_application_that_reads_little_in_a_round_trip()
    {
        Establish(timestamps: true);
        for (var round = 0; round < 40; round++) Round(10_000);
        Assert.Equal(InitialLimit, _receive.Limit);
        Assert.InRange(_receive.Unread, InitialLimit - 10_000 - Segment, InitialLimit);
    }

    [Fact]
    public void A_move_in_the_middle_of_a_round_changes_nothing()
    {
        Establish(timestamps: true);
        var other = new BufferTuningTests();
        other.Establish(timestamps: true);
        for (var round = 0; round < 8; round++)
        {
            Round(int.MaxValue);
            other.Move();
            other.Round(int.MaxValue, other.Move);
            Assert.Equal((_receive.Limit, _edge), (other._receive.Limit, other._edge));
        }
    }

    [Fact]
    public void The_send_limit_is_twice_the_congestion_window_and_travels()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(100_000);
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 2920);
        var state = peer.Connection.Export(ExportScope.Whole, peer.Now);
        Assert.InRange(state.Buffers.SendLimit, 2 * 14_600, 2 * state.Congestion.Cwnd);
        Assert.Equal(state.Buffers.SendLimit, peer.Send.Limit);
    }

    [Fact]
    public void What_waits_beyond_a_gap_does_not_count_against_the_send_limit()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(100_000);
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1460);
        var before = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var options = new TcpOptions { SackCount = 1 };
        options.Sack[0] = new SackBlock(new SequenceNumber(5001 + 2920), new SequenceNumber(5001 + 5840));
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1460, 0, options);
        var after = peer.Connection.Export(ExportScope.Whole, peer.Now);
        Assert.InRange(before.Buffers.SendLimit, 1, 2 * before.Congestion.Cwnd);
        Assert.InRange(after.Buffers.SendLimit, 2 * after.Congestion.Cwnd + 2920, 2 * after.Congestion.Cwnd + 2920 + 1460);
    }

    private int Window => _edge - _next;

    private void Establish(bool timestamps)
    {
        var syn = new TcpSegment
        {
            Flags = TcpFlags.Syn,
            Sequence = _next,
            Window = ushort.MaxValue,
            Options = new TcpOptions
            {
                MaximumSegmentSize = Segment,
                HasWindowScale = true,
                WindowScale = 7,
                SackPermitted = true,
                HasTimestamps = timestamps,
                TimestampValue = 1,
            },
        };
        var flow = new FlowKey(
            new TcpEndpoint(IpAddress.Parse("10.0.0.2"), 7), new TcpEndpoint(IpAddress.Parse("10.0.0.1"), 40_000));
        _connection = TcpConnection.Accept(flow, syn, _settings, _send, _receive, new SequenceNumber(5000), default, _now);
        _next += 1;
        _edge = _next;
        Transmit();
        _now += RoundTrip;
        Arrive(0);
        Transmit();
    }

    /// <summary>
    /// The peer sends what it may, spread over the round trip; the application reads at once up to <paramref name="read"/> bytes.
    /// </summary>
    private void Round(int read, Action? halfway = null)
    {
        var segments = Math.Max(1, Window / Segment);
        var began = _now;
        for (var i = 0; i < segments; i++)
        {
            _now = began + RoundTrip * (i + 1) / segments;
            if (i == segments / 2) halfway?.Invoke();
            Arrive(Math.Min(Segment, Math.Max(0, Window)));
            _connection.OnBurstEnd(_now);
            var count = _receive.Read(Math.Min(read, Segment)).Length;
            read -= count;
            _connection.OnApplicationRead(_now);
            Transmit();
        }
    }

    private void Arrive(int length)
    {
        var segment = new TcpSegment
        {
            Flags = TcpFlags.Ack,
            Sequence = _next,
            Acknowledgment = new SequenceNumber(5001),
            Window = ushort.MaxValue,
            Payload = _text.AsMemory(0, length),
            Options = new TcpOptions
            {
                HasTimestamps = true,
                TimestampValue = (uint)_now.TotalMilliseconds,
                TimestampEcho = (uint)(_now - RoundTrip).TotalMilliseconds,
            },
        };
        _connection.OnSegment(segment, _now);
        _next += length;
    }

    private void Transmit()
    {
        while (_connection.TryTransmit(_now, out var segment))
        {
            if (segment.Has(TcpFlags.Syn)) continue;
            var edge = segment.Acknowledgment + (segment.Window << WindowScale);
            Assert.True(edge > _edge - (1 << WindowScale), $"the right edge moved back from {_edge} to {edge}");
            _edge = SequenceNumber.Max(_edge, edge);
        }
    }

    private void Move() => _connection = TcpConnection.Import(
        _connection.Capture(ExportScope.Whole, _now), _settings, _send, _receive, _now);
}
