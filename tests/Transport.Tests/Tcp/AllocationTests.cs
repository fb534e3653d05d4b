using System.IO.Pipelines;
using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>The segment path allocates nothing once it is warm.</summary>
public sealed class AllocationTests
{
    private const int Steps = 2_000;
    private const int Segment = 1460;
    private static readonly FlowKey Flow = new(
        new TcpEndpoint(IpAddress.Parse("10.0.0.2"), 7), new TcpEndpoint(IpAddress.Parse("10.0.0.1"), 40_000));

    private readonly ConnectionBuffers _buffers = new(
        new ConnectionBufferOptions { ApplicationScheduler = PipeScheduler.Inline, InitialSendLimit = 1 << 20 });
    private readonly byte[] _bytes = new byte[64_000];
    private TcpConnection _connection = null!;
    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private SequenceNumber _sent = new(1001);
    private SequenceNumber _acknowledged = new(5001);
    private SequenceNumber _through = new(5001);
    private SequenceNumber _written = new(5001);
    private TcpOptions _sacks;

    [Fact]
    public void Receiving_and_acknowledging_allocates_nothing()
    {
        Establish();
        AssertFree(ReceiveBurst);
    }

    [Fact]
    public void Sending_and_being_acknowledged_allocates_nothing()
    {
        Establish();
        AssertFree(SendBurst);
    }

    [Fact]
    public void Retransmitting_what_SACK_shows_to_be_lost_allocates_nothing()
    {
        Establish();
        AssertFree(SendLossyBurst);
        Assert.True(_connection.Statistics(_now).TotalRetrans > 2 * Steps, "nothing was lost");
    }

    [Fact]
    public void A_timeout_allocates_nothing()
    {
        Establish();
        AssertFree(SendLostBurst);
        Assert.True(_connection.Statistics(_now).TotalRetrans > 2 * Steps, "nothing timed out");
    }

    [Fact]
    public void Receiving_out_of_order_allocates_nothing()
    {
        Establish();
        AssertFree(ReceiveBurstWithGaps);
        Assert.True(_connection.Statistics(_now).RcvOoopack > 2 * Steps, "nothing was out of order");
    }

    private static void AssertFree(Action step)
    {
        for (var i = 0; i < 500; i++) step();

        // A rare refill of the shared array pool is not the segment path's.
        var each = Allocations.Least(() =>
        {
            for (var i = 0; i < Steps; i++) step();
        }) / (double)Steps;
        Assert.True(each < 4, $"{each} bytes a step");
    }

    private void Establish()
    {
        var syn = new TcpSegment { Flags = TcpFlags.Syn, Sequence = new SequenceNumber(1000), Window = ushort.MaxValue };
        syn.Options = new TcpOptions { MaximumSegmentSize = 1460, HasWindowScale = true, WindowScale = 10, SackPermitted = true };
        var settings = TcpSettings.Default with { MaximumSegmentPayload = 64_000 };
        _connection = TcpConnection.Accept(
            Flow, syn, settings, _buffers.Send, _buffers.Receive, new SequenceNumber(5000), default, _now);
        Transmit();
        Arrive(0);
        Receive(1_000); // its acknowledgment announces the scaled window
    }

    private void ReceiveBurst()
    {
        Receive(_bytes.Length);
        Receive(_bytes.Length);
    }

    private void Receive(int length)
    {
        Arrive(length);
        _connection.OnBurstEnd(_now);
        Transmit();
        if (!_buffers.Application.Input.TryRead(out var read)) throw new InvalidOperationException("nothing arrived");
        _buffers.Application.Input.AdvanceTo(read.Buffer.End);
        _connection.OnApplicationRead(_now);
        Transmit();
    }

    private void SendBurst()
    {
        Write();
        Arrive(0);
        Transmit();
    }

    private void Write()
    {
        var span = _buffers.Application.Output.GetSpan(_bytes.Length);
        _bytes.CopyTo(span);
        _buffers.Application.Output.Advance(_bytes.Length);
        if (!_buffers.Application.Output.FlushAsync().IsCompleted) throw new InvalidOperationException("the queue is full");
        _buffers.Send.Refresh();
        _written += _bytes.Length;
        _connection.OnApplicationWrote(_now);
        Transmit();
    }

    private void Acknowledge(SequenceNumber through)
    {
        var sent = _acknowledged;
        _acknowledged = _through = through;
        Arrive(0);
        _acknowledged = SequenceNumber.Max(sent, through);
    }

    /// <summary>Of every flight the first segment, and one in the middle, are lost.</summary>
    private void SendLossyBurst()
    {
        Write();
        while (_through != _written)
        {
            var flight = _acknowledged - _through;
            if (flight >= 6 * Segment)
            {
                _sacks = new TcpOptions { SackCount = 2 };
                _sacks.Sack[0] = new SackBlock(_through + 3 * Segment, _acknowledged);
                _sacks.Sack[1] = new SackBlock(_through + Segment, _through + 2 * Segment);
                var end = _acknowledged;
                Acknowledge(_through);
                Transmit();
                _acknowledged = SequenceNumber.Max(end, _acknowledged);
            }

            _sacks = default;
            Acknowledge(_acknowledged);
            Transmit();
        }
    }

    /// <summary>Every flight is lost as a whole and sent again after its timer.</summary>
    private void SendLostBurst()
    {
        Write();
        for (var timer = 0; timer < 4 && _connection.NextDeadline is { } due; timer++)
        {
            _now = due > _now ? due : _now;
            _connection.OnTimer(_now);
            Transmit();
        }

        while (_through != _written)
        {
            Acknowledge(_acknowledged);
            Transmit();
        }
    }

    private void ReceiveBurstWithGaps()
    {
        var start = _sent;
        for (var hole = 0; hole < 8; hole++)
        {
            _sent += Segment;
            Arrive(Segment);
            Transmit();
        }

        _sent = start;
        for (var hole = 0; hole < 8; hole++)
        {
            Receive(Segment);
            _sent += Segment;
        }
    }

    private void Arrive(int length)
    {
        var segment = new TcpSegment
        {
            Flags = TcpFlags.Ack,
            Sequence = _sent,
            Acknowledgment = _acknowledged,
            Window = ushort.MaxValue,
            Payload = _bytes.AsMemory(0, length),
            SegmentSize = Segment,
            Options = _sacks,
        };
        _sent += length;
        _now += TimeSpan.FromMicroseconds(20);
        _connection.OnSegment(segment, _now);
    }

    private void Transmit()
    {
        while (_connection.TryTransmit(_now, out var segment))
            _acknowledged = SequenceNumber.Max(_acknowledged, segment.Sequence + (int)segment.Payload.Length);
    }
}
