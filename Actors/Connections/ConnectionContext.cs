using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A connection as its application holds it. It tells the connection when the application has used the pipe.</summary>
internal sealed class ConnectionContext(
    FlowEntry entry, IDuplexPipe pipe, SocketOptions options, IActorRef connection, LimitedLog log,
    ReadOnlyMemory<byte> state = default)
    : ApplicationObserver(connection), IConnectionContext, IReceiveObserver
{
    private LazyCancellation _closed;
    private LazyCancellation _inputEnded;
    private LazyCancellation _closeRequested;
    private LazyCancellation _leaving;
    private volatile bool _hasEnded;
    private volatile string? _leavingTo;

    /// <summary>The state with which the application has left; null: it has not.</summary>
    private StrongBox<ReadOnlyMemory<byte>>? _left;

    public ConnectionId Id => entry.Id;

    public FlowKey Flow => entry.Flow;

    public string RunsOn => entry.RunsOn.ToString();

    public IDuplexPipe Pipe => pipe;

    public SocketOptions Options
    {
        get => Volatile.Read(ref options);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref options, value);
            Connection.Tell(ConnectionProtocol.OptionsChanged.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Most applications read to the end of their input instead.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Most applications read to the end of their input instead.</summary>
    public CancellationToken InputEnded => _inputEnded.Token;

    public CancellationToken CloseRequested => _closeRequested.Token;

    public ReadOnlyMemory<byte> State => state;

    public bool IsLeaving => _leaving.IsRequested;

    public string? LeavingTo => IsLeaving ? _leavingTo : null;

    public string? Companion { get => entry.Companion; set => entry.Companion = value; }

    /// <summary>Most applications only look at <see cref="IsLeaving"/>.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>The application has returned, and both directions are completed. Any thread may read it.</summary>
    public bool HasEnded
    {
        get => _hasEnded;
        init => _hasEnded = value;
    }

    public void Leave(ReadOnlyMemory<byte> state)
    {
        if (!IsLeaving) throw new InvalidOperationException($"connection {Id} is not to move: wait for Leaving first");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Length, ListenerSettings.MaximumState);
        _left = new StrongBox<ReadOnlyMemory<byte>>(state);
    }

    public void Abort(string reason) =>
        Connection.Tell(new ConnectionProtocol.Reset(new MigrationTrigger.Application(reason)), ActorRefs.NoSender);

    public void RequestClose() => Cancel(_closeRequested.Request());

    /// <summary>Nothing more can be read beyond what has arrived. Callbacks run on the thread pool.</summary>
    public void OnInputEnded() => Cancel(_inputEnded.Request());

    /// <summary>
    /// Asks the application to leave, and wakes it where it waits for its pipe. Callbacks run on the thread pool.
    /// </summary>
    public void AskToLeave(string node)
    {
        _leavingTo = node;
        Cancel(_leaving.Request());
        pipe.Input.CancelPendingRead();
        pipe.Output.CancelPendingFlush();
    }

    /// <summary>The connection has ended. Callbacks run on the thread pool.</summary>
    public void Close() => Cancel(_closed.Request());

    /// <summary>
    /// Runs the application to its end and completes the pipes that it left open: with a FIN after the last byte, or with a RST
    /// where the application threw or left payload unread. Where the application was asked to end, unread payload does not cause
    /// a RST, because the request itself kept the application from reading.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="stopping">Cancelled when the stack stops, which asks the application to end.</param>
    public async Task RunAsync(ConnectionApplication application, CancellationToken stopping)
    {
        Exception? error = null;
        var stop = stopping.UnsafeRegister(static context => ((ConnectionContext)context!).RequestClose(), this);
        try
        {
            await application(this, CloseRequested).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (IsLeaving && !_closeRequested.IsRequested)
        {
            _left ??= new StrongBox<ReadOnlyMemory<byte>>(); // a read was cancelled: the application has no state
        }
        catch (Exception thrown)
        {
            // A request to end and the connection's end cancel the application's calls, so that such a cancellation is no
            // failure of the application; any other is.
            var isAsked = _closeRequested.IsRequested || _closed.IsRequested;
            error = thrown is OperationCanceledException && isAsked ? null : thrown;
            if (error is SocketException or IOException)
                log.Debug("The application of connection {0} ended: {1}", Id, error.Message);
            else if (error is not null) log.Error(error, "The application of connection {0} failed; the connection is reset", Id);
        }

        stop.Unregister();
        await EndAsync(error).ConfigureAwait(false);
    }

    /// <summary>A method of its own, because what it needs would wait with every application that runs.</summary>
    private async Task EndAsync(Exception? error)
    {
        if (error is null && _left is { Value: var left })
        {
            if (pipe.Output.UnflushedBytes > 0)
            {
                pipe.Output.CancelPendingFlush(); // the flush does not wait for room
                await pipe.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }

            Connection.Tell(new ConnectionProtocol.ApplicationLeft(this, left), ActorRefs.NoSender);
            return;
        }

        // The input is completed first, so that the end of the output finds both directions closed and SO_LINGER applies.
        var discards = error is null && _closeRequested.IsRequested;
        await pipe.Input.CompleteAsync(discards ? new OperationCanceledException(CloseRequested) : null).ConfigureAwait(false);
        await pipe.Output.CompleteAsync(error).ConfigureAwait(false);
        _hasEnded = true;
        if (IsLeaving) Connection.Tell(new ConnectionProtocol.ApplicationLeft(this, State: null), ActorRefs.NoSender);
    }

    private void Cancel(CancellationTokenSource? source) => source?.CancelAsync().ContinueWith(
        cancelled => log.Error(cancelled.Exception!, "What connection {0}'s application does at its end failed", Id),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
