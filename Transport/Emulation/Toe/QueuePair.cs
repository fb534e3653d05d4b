using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// All that host and device share of one connection: the two data rings, the status block, the doorbells and the fence. Whoever
/// touches it holds <see cref="Gate"/>, so a fence that is up is up for every segment.
/// </summary>
internal sealed class QueuePair(
    EngineHandle handle, SendRing send, ReceiveRing receive, TcpConnectionState status, TimeSpan statusAt)
{
    private int _isReady;

    public Lock Gate { get; } = new();

    public EngineHandle Handle => handle;

    /// <summary>In the device's memory: gone with a reset.</summary>
    public SendRing Send => send;

    /// <summary>In the host's memory.</summary>
    public ReceiveRing Receive => receive;

    /// <summary>The connection as of its last step, without bytes; in the host's memory.</summary>
    public TcpConnectionState Status { get; private set; } = status;

    public TimeSpan StatusAt { get; private set; } = statusAt;

    /// <summary>The device's own figures of the connection; null before it took the connection.</summary>
    public Func<TcpStatistics>? Statistics { get; set; }

    /// <summary>The host took the connection away: nothing of it leaves any more.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Doorbells: the host posted bytes, or the application read some.</summary>
    public bool HasPosted { get; set; }

    public bool HasRead { get; set; }

    /// <summary>Doorbell: options to apply; null: none.</summary>
    public SocketOptions? Options { get; set; }

    public void Publish(TcpConnectionState status, TimeSpan now)
    {
        Status = status;
        StatusAt = now;
    }

    public void Fence() => IsFenced = true;

    /// <summary>True for the one who has to queue the pair for the device.</summary>
    public bool TryMarkReady() => Interlocked.Exchange(ref _isReady, 1) == 0;

    public void ClearReady() => Volatile.Write(ref _isReady, 0);
}
