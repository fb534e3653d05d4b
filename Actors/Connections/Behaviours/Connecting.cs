using System.Net.Sockets;
using ActorStack.Transport.Tcp;
using Akka.Actor;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The connection is being opened from here (active open). The requester gets the established connection, or the reason of the
/// failure.
/// </summary>
internal sealed class Connecting : Handshaking
{
    private readonly ActiveOpen _open;
    private readonly CancellationTokenRegistration _cancellation;

    public Connecting(ConnectionActor actor, TcpConnection tcp, ActiveOpen open)
        : base(actor, tcp)
    {
        _open = open;
        _cancellation = open.Cancellation.UnsafeRegister(
            static self => (self as IActorRef)?.Tell(ConnectionProtocol.OpenCancelled.Instance, ActorRefs.NoSender),
            actor.Reference);
    }

    public static void TellNotOpened(ConnectionActor actor, ActiveOpen open, Exception? error)
    {
        var code = (error as SocketException)?.SocketErrorCode ?? SocketError.OperationAborted;
        var what = code switch
        {
            SocketError.ConnectionRefused => "refused the connection",
            SocketError.TimedOut => "did not answer",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "cannot be reached",
            _ => $"was not connected to: {error?.Message ?? "closed"}",
        };
        open.Requester.Tell(new StackProtocol.ConnectFailed(code, $"{actor.Entry.Flow.Remote} {what}"), actor.Reference);
    }

    protected override ReadOnlyMemory<byte> ApplicationState => _open.State ?? default;

    public override void OnOpenCancelled() => Abort("the open was given up");

    public override void AfterEnd(Exception? error)
    {
        _cancellation.Dispose();
        TellNotOpened(Actor, _open, error);
    }

    protected override void OnOpened(ConnectionContext application)
    {
        var destination = Entry.Flow.Remote.Address;
        if (Tcp.FastOpenGrant is { } grant) Stack.Host.FastOpens.Learn(destination, grant, Stack.Now);
        if (Tcp.FastOpenFailed) Stack.Host.FastOpens.Spare(destination, Stack.Now);
        _cancellation.Dispose();
        _open.Requester.Tell(new StackProtocol.Connected(application), Actor.Reference);
        if (_open.State is not null) Entry.Accepts.Add(application);
    }
}
