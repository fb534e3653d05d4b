using ActorStack.Transport.Buffers;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Tells a connection that its application has written or read. At most one message of each kind is in the mailbox, however
/// often the application writes.
/// </summary>
internal abstract class ApplicationObserver(IActorRef connection) : IBufferObserver
{
    private int _wrote;
    private int _read;

    protected IActorRef Connection => connection;

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

    /// <summary>Called before the connection looks for written payload: a later write sends a new message.</summary>
    public void TakeWrote() => Interlocked.Exchange(ref _wrote, 0);

    /// <summary>Called before the connection looks at the payload that was read: a later read sends a new message.</summary>
    public void TakeRead() => Interlocked.Exchange(ref _read, 0);
}
