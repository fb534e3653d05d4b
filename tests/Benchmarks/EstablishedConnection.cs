using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Benchmarks;

/// <summary>A connection in ESTABLISHED whose application has written, with some of it sent and unacknowledged.</summary>
internal sealed class EstablishedConnection
{
    private const int Written = 256 * 1024;

    private static readonly FlowKey Key = new(
        new TcpEndpoint(IpAddress.Parse("10.0.0.2"), 7), new TcpEndpoint(IpAddress.Parse("10.0.0.1"), 40_000));

    public EstablishedConnection()
    {
        var buffers = NewBuffers();
        var syn = new TcpSegment { Flags = TcpFlags.Syn, Sequence = new SequenceNumber(1000), Window = ushort.MaxValue };
        syn.Options = new TcpOptions { MaximumSegmentSize = 1460, HasWindowScale = true, WindowScale = 10, SackPermitted = true };
        Tcp = TcpConnection.Accept(Key, syn, Settings, buffers.Send, buffers.Receive, new SequenceNumber(5000), default, Now);
        Transmit();
        var ack = new TcpSegment
        {
            Flags = TcpFlags.Ack,
            Sequence = new SequenceNumber(1001),
            Acknowledgment = new SequenceNumber(5001),
            Window = ushort.MaxValue,
        };
        Tcp.OnSegment(ack, Now);
        buffers.Application.Output.Write(new byte[Written]);
        if (!buffers.Application.Output.FlushAsync().IsCompleted) throw new InvalidOperationException("The send buffer is full.");
        buffers.Send.Refresh();
        Tcp.OnApplicationWrote(Now);
        Transmit();
    }

    public static TcpSettings Settings { get; } = TcpSettings.Default with { MaximumSegmentPayload = 64_000 };

    public static TimeSpan Now { get; } = TimeSpan.FromSeconds(1);

    public TcpConnection Tcp { get; }

    public static ConnectionBuffers NewBuffers() =>
        new(new ConnectionBufferOptions { ApplicationScheduler = PipeScheduler.Inline, InitialSendLimit = 1 << 20 });

    private void Transmit()
    {
        while (Tcp.TryTransmit(Now, out _)) continue;
    }
}
