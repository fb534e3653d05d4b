using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation.Shared;

/// <summary>One connection of a <see cref="SharedPathSimulation"/>, both ends.</summary>
public sealed class SharedPathFlow
{
    private readonly TcpSettings _settings;
    private readonly FlowKey _key;

    public SharedPathFlow(int number, string congestion, SharedPathSettings settings)
    {
        Number = number;
        _settings = settings.Tcp with { Options = settings.Tcp.Options with { CongestionAlgorithm = congestion } };
        _key = new FlowKey(
            new TcpEndpoint(IpAddress.Parse("10.0.0.1"), (ushort)(40_000 + number)),
            new TcpEndpoint(IpAddress.Parse("10.0.0.2"), 7));
        Start = number * settings.Stagger;
        Send = new BulkSendQueue(settings.SendCapacity, settings.Bytes);
        Receive = new BulkReceiveQueue(settings.ReceiveCapacity);
        ReceiverSend = new BulkSendQueue(settings.SendCapacity, total: 0);
        SenderReceive = new BulkReceiveQueue(settings.ReceiveCapacity);
    }

    public int Number { get; }

    public string Congestion => _settings.Options.CongestionAlgorithm;

    public TimeSpan Start { get; }

    public TcpConnection? Sender { get; private set; }

    public TcpConnection? Receiver { get; private set; }

    /// <summary>Bytes that the receiving application has.</summary>
    public long Received => Receive.Received;

    public int Moves { get; private set; }

    private BulkSendQueue Send { get; }

    private BulkReceiveQueue Receive { get; }

    private BulkSendQueue ReceiverSend { get; }

    private BulkReceiveQueue SenderReceive { get; }

    public TcpConnection? this[bool isSender] => isSender ? Sender : Receiver;

    public void Open(TimeSpan now) =>
        Sender = TcpConnection.Connect(
            _key, _settings, Send, SenderReceive, new SequenceNumber((uint)(1000 + Number)), TimeSpan.FromDays(1), now);

    /// <summary>A segment arrives at one end; a SYN opens the receiving one.</summary>
    public void Arrive(bool isSender, in TcpSegment segment, TimeSpan now)
    {
        if (this[isSender] is { } connection)
        {
            connection.OnSegment(segment, now);
            return;
        }

        if (!segment.Has(TcpFlags.Syn)) return;
        Receiver = TcpConnection.Accept(
            _key.Reversed, segment, _settings, ReceiverSend, Receive, new SequenceNumber((uint)(77_000 + Number)),
            TimeSpan.FromHours(1), now);
    }

    /// <summary>Moves one end through its record into a new object.</summary>
    public void Move(bool isSender, TimeSpan now)
    {
        var connection = this[isSender]!;
        connection.TakeEvents();
        var image = connection.Capture(ExportScope.Whole, now);
        Moves++;
        if (isSender) Sender = TcpConnection.Import(image, _settings, Send, SenderReceive, now);
        else Receiver = TcpConnection.Import(image, _settings, ReceiverSend, Receive, now);
    }
}
