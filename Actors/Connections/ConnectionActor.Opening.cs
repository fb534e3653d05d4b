using System.Net.Sockets;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using Akka.Actor;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>An open from here: the SYN leaves, and whoever asked is told when the connection is there, or why it is not.</summary>
internal sealed partial class ConnectionActor
{
    private ActiveOpen? _open;
    private CancellationTokenRegistration _cancellation;

    private void Open()
    {
        var now = _stack.Now;
        var flow = _entry.Flow;
        _open = _entry.Open!;
        _entry.Take();
        _buffers = new ConnectionBuffers(_entry.Buffers);
        var attempt = _entry.Tcp.Options.FastOpenConnect ? _stack.Host.FastOpens.Find(flow.Remote.Address, now) : null;
        _tcp = TcpConnection.Connect(
            flow, _entry.Tcp, _buffers.Send, _buffers.Receive, _open.Iss ?? _stack.Host.Sequences.Next(flow, now), _stack.Host.Sequences.TimestampOffset(flow), now,
            attempt);
        WriteFirst(_open.FirstData);
        PreparePath(now);
        TraceFromTheStart();
        Enter(nameof(Handshaking), Handshaking());
        _cancellation = _open.Cancellation.UnsafeRegister(static self => ((IActorRef)self!).Tell(OpenCancelled.Instance, ActorRefs.NoSender), Self);
        Settle(now);
    }

    /// <summary>Before the SYN, which takes it along where it may (RFC 7413).</summary>
    private void WriteFirst(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty) return;
        var flush = _buffers!.Application.Output.WriteAsync(data);
        if (flush.IsCompleted) flush.GetAwaiter().GetResult(); // else the application's next flush waits as long
        _buffers.Send.Refresh();
    }

    private void TellOpened()
    {
        var destination = _entry.Flow.Remote.Address;
        if (_tcp!.FastOpenGrant is { } grant) _stack.Host.FastOpens.Learn(destination, grant, _stack.Now);
        if (_tcp.FastOpenFailed) _stack.Host.FastOpens.Spare(destination, _stack.Now);
        _cancellation.Dispose();
        _open!.Requester.Tell(new StackProtocol.Connected(_application!), Self);
        _open = null;
    }

    private void TellNotOpened(Exception? error)
    {
        _cancellation.Dispose();
        var code = (error as SocketException)?.SocketErrorCode ?? SocketError.OperationAborted;
        var what = code switch
        {
            SocketError.ConnectionRefused => "refused the connection",
            SocketError.TimedOut => "did not answer",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "cannot be reached",
            _ => $"was not connected to: {error?.Message ?? "closed"}",
        };
        _open!.Requester.Tell(new StackProtocol.ConnectFailed(code, $"{_entry.Flow.Remote} {what}"), Self);
        _open = null;
    }
}
