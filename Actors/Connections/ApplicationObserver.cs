using ActorStack.Transport.Buffers;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Tells a connection what its application did: at most one message of each kind waits, however often the application writes.
/// </summary>
internal sealed class ApplicationObserver(IActorRef connection) : IBufferObserver
{
    private int _wrote;
    private int _read;

    public void OnApplicationWrote()
    {
        if (Interlocked.Exchange(ref _wrote, 1) == 0)
            connection.Tell(ConnectionProtocol.ApplicationWrote.Instance, ActorRefs.NoSender);
    }

    public void OnApplicationRead()
    {
        if (Interlocked.Exchange(ref _read, 1) == 0)
            connection.Tell(ConnectionProtocol.ApplicationRead.Instance, ActorRefs.NoSender);
    }

    /// <summary>Before the connection looks at what was written: what comes after is told anew.</summary>
    public void TakeWrote() => Interlocked.Exchange(ref _wrote, 0);

    /// <summary>Before the connection looks at what was read.</summary>
    public void TakeRead() => Interlocked.Exchange(ref _read, 0);
}
