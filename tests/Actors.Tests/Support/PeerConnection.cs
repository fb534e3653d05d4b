using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Support;

/// <summary>One connection of the <see cref="Peer"/>. It writes a pattern and keeps what it reads.</summary>
internal sealed class PeerConnection
{
    private readonly SimulatedSendQueue _send = new(1 << 24);
    private readonly SimulatedReceiveQueue _receive;
    private long _written;

    public PeerConnection(in FlowKey flow, TcpSettings settings, int receiveCapacity, uint iss, TimeSpan now)
    {
        _receive = new SimulatedReceiveQueue(receiveCapacity);
        Tcp = TcpConnection.Connect(flow, settings, _send, _receive, new SequenceNumber(iss), TimeSpan.Zero, now);
    }

    public PeerConnection(
        in FlowKey flow, in TcpSegment syn, TcpSettings settings, uint iss, TimeSpan now, FastOpenAnswer fastOpen)
    {
        _receive = new SimulatedReceiveQueue(1 << 20);
        Tcp = TcpConnection.Accept(
            flow, syn, settings, _send, _receive, new SequenceNumber(iss), TimeSpan.FromMinutes(1), now, fastOpen);
    }

    public TcpConnection Tcp { get; }

    public TcpState State => Tcp.State;

    public List<byte> Received { get; } = [];

    /// <summary>The other side's FIN was read.</summary>
    public bool HasReadAll => _receive.IsCompleted && _receive.Unread == 0;

    public Exception? Error => _receive.Error;

    /// <summary>Bytes of the pattern written so far.</summary>
    public long Written => _written;

    /// <summary>Bytes written that the other side has not acknowledged.</summary>
    public long Unacknowledged => _send.Length;

    /// <summary>The application does not read for the time being.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>The next <paramref name="count"/> bytes of the pattern.</summary>
    public void Write(int count, TimeSpan now)
    {
        _send.Write(TestPattern.Take(_written, count, salt: 1));
        _written += count;
        Tcp.OnApplicationWrote(now);
    }

    public void Write(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        _send.Write(bytes);
        Tcp.OnApplicationWrote(now);
    }

    public void Close(TimeSpan now)
    {
        _send.Complete();
        Tcp.OnApplicationWrote(now);
    }

    public void Abort(TimeSpan now) => Tcp.Abort(new IOException("the peer resets"), now);

    public bool Turn(TimeSpan now, ILink link)
    {
        var worked = false;
        if (Tcp.NextDeadline <= now) Tcp.OnTimer(now);
        Tcp.OnBurstEnd(now);
        if (IsReading && _receive.Visible > 0)
        {
            Received.AddRange(_receive.Read(int.MaxValue));
            Tcp.OnApplicationRead(now);
            worked = true;
        }

        while (Tcp.TryTransmit(now, out var segment))
        {
            link.Send(segment);
            worked = true;
        }

        Tcp.TakeEvents();
        return worked;
    }
}
