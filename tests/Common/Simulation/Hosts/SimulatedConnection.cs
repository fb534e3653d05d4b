using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Tests.Common.Simulation.Hosts;

/// <summary>
/// A connection of a <see cref="SimulatedHost"/> and its owner. One that was opened here writes a pattern and reads it back; one
/// that was accepted echoes.
/// </summary>
public sealed class SimulatedConnection : FlowOwner
{
    private const int Capacity = 64 * 1024;

    private readonly long _toWrite;
    private long _written;
    private bool _isEstablished;

    internal SimulatedConnection(Flow flow, long toWrite)
        : base(FlowOwnerKind.Software, epoch: 0)
    {
        Flow = flow;
        _toWrite = toWrite;
    }

    /// <summary>The host's entry.</summary>
    public Flow Flow { get; }

    /// <summary>The peer's echo that was read and compared, bytes.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Why the connection ended; null where it ended in order, or lives.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Everything that was written came back, and the peer closed.</summary>
    public bool IsDone => BytesRead == _toWrite && Receive.IsCompleted;

    internal TcpConnection Tcp { get; set; } = null!;

    internal SimulatedSendQueue Send { get; } = new(Capacity);

    internal SimulatedReceiveQueue Receive { get; } = new(Capacity);

    /// <inheritdoc/>
    public override string ToString() => "software";

    /// <summary>The application's turn. False where it had nothing to do.</summary>
    internal bool RunApplication(TimeSpan now)
    {
        var events = Tcp.TakeEvents();
        _isEstablished |= (events & TcpEvents.Established) != 0;
        if ((events & TcpEvents.Closed) != 0) Error = Tcp.Error;
        if (!_isEstablished || Tcp.State is TcpState.Closed) return false;
        return Flow.Listener.Port == 0 ? RunClient(now) : Echo(now);
    }

    private bool RunClient(TimeSpan now)
    {
        var worked = false;
        if (Receive.Visible > 0)
        {
            var echoed = Receive.Read(Receive.Visible);
            TestPattern.Verify(echoed, BytesRead, salt: Flow.Key.Local.Port);
            BytesRead += echoed.Length;
            Tcp.OnApplicationRead(now);
            worked = true;
        }

        var count = (int)Math.Min(Send.Free, _toWrite - _written);
        if (count > 0) Send.Write(TestPattern.Take(_written, count, salt: Flow.Key.Local.Port));
        _written += count;
        return Told(count > 0, closes: _written == _toWrite, now) || worked;
    }

    private bool Echo(TimeSpan now)
    {
        var count = Math.Min(Send.Free, Receive.Visible);
        if (count > 0)
        {
            Send.Write(Receive.Read(count));
            Tcp.OnApplicationRead(now);
        }

        return Told(count > 0, closes: Receive.IsCompleted && Receive.Unread == 0, now);
    }

    private bool Told(bool wrote, bool closes, TimeSpan now)
    {
        closes &= !Send.IsCompleted;
        if (closes) Send.Complete();
        if (wrote || closes) Tcp.OnApplicationWrote(now);
        return wrote || closes;
    }
}
