using System.IO.Pipelines;
using System.Net.Sockets;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A connection as its application holds it.</summary>
internal sealed class ConnectionContext(
    FlowEntry entry, IDuplexPipe pipe, SocketOptions options, IActorRef connection, LimitedLog log,
    ReadOnlyMemory<byte> state = default) : IConnectionContext, IReceiveObserver
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _closed;
    private CancellationTokenSource? _inputEnded;
    private CancellationTokenSource? _leaving;
    private bool _hasInputEnded;
    private volatile bool _isClosed;
    private volatile bool _isLeaving;
    private volatile bool _hasEnded;
    private ReadOnlyMemory<byte>? _left;

    public ConnectionId Id => entry.Id;

    public FlowKey Flow => entry.Flow;

    public string RunsOn => entry.RunsOn.ToString();

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

    /// <summary>Created on first use, because most applications read to the end of their input instead.</summary>
    public CancellationToken InputEnded
    {
        get
        {
            lock (_lock)
            {
                if (_hasInputEnded) return new CancellationToken(canceled: true);
                return (_inputEnded ??= new CancellationTokenSource()).Token;
            }
        }
    }

    public ReadOnlyMemory<byte> State => state;

    public bool IsLeaving => _isLeaving;

    /// <summary>Created on first use, because most applications only look at <see cref="IsLeaving"/>.</summary>
    public CancellationToken Leaving
    {
        get
        {
            lock (_lock)
            {
                if (_isLeaving) return new CancellationToken(canceled: true);
                return (_leaving ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>The application has returned, and both directions are completed. Any thread may read it.</summary>
    public bool HasEnded
    {
        get => _hasEnded;
        init => _hasEnded = value;
    }

    public void Leave(ReadOnlyMemory<byte> state)
    {
        if (!_isLeaving) throw new InvalidOperationException($"connection {Id} is not to move: wait for Leaving first");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Length, ListenerSettings.MaximumState);
        _left = state;
    }

    public void Abort(string reason) =>
        connection.Tell(new ConnectionProtocol.Reset(new MigrationTrigger.Application(reason)), ActorRefs.NoSender);

    /// <summary>Nothing more can be read beyond what has arrived. Callbacks run on the thread pool.</summary>
    public void OnInputEnded()
    {
        CancellationTokenSource? ended;
        lock (_lock)
        {
            _hasInputEnded = true;
            ended = _inputEnded;
        }

        Cancel(ended);
    }

    /// <summary>
    /// Asks the application to leave, and wakes it where it waits for its pipe. Callbacks run on the thread pool.
    /// </summary>
    public void AskToLeave()
    {
        CancellationTokenSource? leaving;
        lock (_lock)
        {
            _isLeaving = true;
            leaving = _leaving;
        }

        Cancel(leaving);
        pipe.Input.CancelPendingRead();
        pipe.Output.CancelPendingFlush();
    }

    /// <summary>The connection has ended. Callbacks run on the thread pool.</summary>
    public void Close()
    {
        CancellationTokenSource? closed;
        lock (_lock)
        {
            _isClosed = true;
            closed = _closed;
        }

        Cancel(closed);
    }

    /// <summary>
    /// Runs the application to its end and completes the pipes that it left open: with a FIN after the last byte, or with a RST
    /// where the application threw or left payload unread. At a stop unread payload does not cause a RST, because the stop
    /// itself kept the application from reading.
    /// </summary>
    public async Task RunAsync(ConnectionApplication application, CancellationToken stopping)
    {
        Exception? error = null;
        try
        {
            await application(this, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isLeaving && !stopping.IsCancellationRequested)
        {
            _left ??= ReadOnlyMemory<byte>.Empty; // a read was cancelled: the application has no state
        }
        catch (Exception thrown)
        {
            // A stop and the connection's end cancel the application's calls, so that such a cancellation is no failure of the
            // application; any other is.
            error = thrown is OperationCanceledException && (stopping.IsCancellationRequested || _isClosed) ? null : thrown;
            if (error is SocketException or IOException)
                log.Debug("The application of connection {0} ended: {1}", Id, error.Message);
            else if (error is not null) log.Error(error, "The application of connection {0} failed; the connection is reset", Id);
        }

        if (error is null && _left is { } left)
        {
            if (pipe.Output.UnflushedBytes > 0)
            {
                pipe.Output.CancelPendingFlush(); // the flush does not wait for room
                await pipe.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }

            connection.Tell(new ConnectionProtocol.ApplicationLeft(this, left), ActorRefs.NoSender);
            return;
        }

        // The input is completed first, so that the end of the output finds both directions closed and SO_LINGER applies.
        var discards = error is null && stopping.IsCancellationRequested;
        await pipe.Input.CompleteAsync(discards ? new OperationCanceledException(stopping) : null).ConfigureAwait(false);
        await pipe.Output.CompleteAsync(error).ConfigureAwait(false);
        _hasEnded = true;
        if (_isLeaving) connection.Tell(new ConnectionProtocol.ApplicationLeft(this, State: null), ActorRefs.NoSender);
    }

    private void Cancel(CancellationTokenSource? source) => source?.CancelAsync().ContinueWith(
        cancelled => log.Error(cancelled.Exception!, "What connection {0}'s application does at its end failed", Id),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
