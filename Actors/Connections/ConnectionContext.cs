using System.IO.Pipelines;
using System.Net.Sockets;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A connection as its application holds it.</summary>
internal sealed class ConnectionContext(
    ConnectionId id, in FlowKey flow, IDuplexPipe pipe, SocketOptions options, IActorRef connection) : IConnectionContext
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _closed;
    private volatile bool _isClosed;

    public ConnectionId Id => id;

    public FlowKey Flow { get; } = flow;

    public IDuplexPipe Pipe => pipe;

    /// <summary>Tells the connection that the application has used the pipe.</summary>
    public ApplicationObserver Observer { get; } = new(connection);

    public SocketOptions Options
    {
        get => Volatile.Read(ref options);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref options, value);
            connection.Tell(ConnectionProtocol.OptionsChanged.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Created on first use, because most applications read to the end of their input instead.</summary>
    public CancellationToken Closed
    {
        get
        {
            lock (_lock)
            {
                if (_isClosed) return new CancellationToken(canceled: true);
                return (_closed ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>The connection has ended. Callbacks run on the thread pool.</summary>
    public void Close(LimitedLog log)
    {
        CancellationTokenSource? closed;
        lock (_lock)
        {
            _isClosed = true;
            closed = _closed;
        }

        closed?.CancelAsync().ContinueWith(
            cancelled => log.Error(cancelled.Exception!, "What connection {0}'s application does at its end failed", id),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>
    /// Runs the application to its end and completes the pipes that it left open: with a FIN after the last byte, or with a RST
    /// where the application threw or left payload unread. At a stop unread payload does not cause a RST, because the stop
    /// itself kept the application from reading.
    /// </summary>
    public async Task RunAsync(ConnectionApplication application, LimitedLog log, CancellationToken stopping)
    {
        Exception? error = null;
        try
        {
            await application(this, stopping).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            // A stop and the connection's end cancel the application's calls, so that such a cancellation is no failure of the
            // application; any other is.
            error = thrown is OperationCanceledException && (stopping.IsCancellationRequested || _isClosed) ? null : thrown;
            if (error is SocketException or IOException)
                log.Debug("The application of connection {0} ended: {1}", id, error.Message);
            else if (error is not null) log.Error(error, "The application of connection {0} failed; the connection is reset", id);
        }

        // The input is completed first, so that the end of the output finds both directions closed and SO_LINGER applies.
        var discards = error is null && stopping.IsCancellationRequested;
        await pipe.Input.CompleteAsync(discards ? new OperationCanceledException(stopping) : null).ConfigureAwait(false);
        await pipe.Output.CompleteAsync(error).ConfigureAwait(false);
    }
}
