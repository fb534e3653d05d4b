using System.Net.Sockets;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors;

/// <summary>The graceful stop, and the release of the link and the engines.</summary>
public sealed partial class StackActor
{
    /// <summary>The time beyond the drain limit for resets and for the journal of the ends.</summary>
    private static readonly TimeSpan EndGame = TimeSpan.FromSeconds(2);

    private readonly List<IActorRef> _stopRequesters = [];
    private TimeSpan _stopAt;
    private bool _isStopping;
    private bool _resetting;
    private int _closedAtStop;
    private int _resetAtStop;
    private int _movedAtStop;

    private UntypedReceive Stopping() => message =>
    {
        switch (message)
        {
            case StackProtocol.Stop:
                _stopRequesters.Add(Sender);
                break;
            case StackProtocol.Connect or LoopProtocol.Connect:
                Sender.Tell(new StackProtocol.ConnectFailed(SocketError.OperationAborted, "the stack is stopping"));
                break;
            case StackProtocol.Listen or StackProtocol.Offload or StackProtocol.Upload or StackProtocol.HandOff
                or StackProtocol.Drain or StackProtocol.Balance or StackProtocol.Give:
                Sender.Tell(new StackProtocol.Failed(FailureCode.Stopping, "the stack is stopping"));
                break;
            case TimerFired:
                OnStopTimer();
                break;
            case LoopProtocol.TimeWaits timeWaits:
                OnTimeWaits(timeWaits);
                break;
            case StackProtocol.Drained drained:
                OnEvacuated(drained);
                break;
            case ConnectionProtocol.Ended ended:
                OnEnded(ended);
                if (ended.WasReset) _resetAtStop++;
                else _closedAtStop++;
                FinishIfEmpty();
                break;
            case ConnectionProtocol.EndsWritten:
                FinishIfEmpty();
                break;
            case JournalStatus status:
                OnJournalStatus(status.Failure);
                FinishIfEmpty();
                break;
            default:
                Inform(message);
                break;
        }
    };

    private void BeginStop(StackProtocol.Stop stop)
    {
        _stopRequesters.Add(Sender);
        _isStopping = true;
        _stopAt = _stack!.Now + stop.Limit;
        Become(Stopping());
        _stack.Leave();
        _wheel!.Schedule(_timer, _stopAt);
        if (!TryEvacuate(stop)) AskToEnd();
    }

    /// <summary>Asks the applications to end, and resets what has not ended at the limit.</summary>
    private void AskToEnd()
    {
        _stack!.Stopping.CancelAsync().ContinueWith(
            cancelled => Log.Error(cancelled.Exception, "What an application does when it is asked to stop failed"),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        foreach (var service in _services) service.Accepts.End();
        TellAll(ConnectionProtocol.Retire.Instance);
        FinishIfEmpty();
    }

    private StackProtocol.Stopped Stopped() =>
        new(Math.Max(0, _closedAtStop - _movedAtStop), _resetAtStop) { Moved = _movedAtStop };

    private void OnStopTimer()
    {
        if (_stack!.Now < _stopAt)
        {
            _wheel!.Schedule(_timer, _stopAt);
        }
        else if (_stack.Connections.IsEmpty)
        {
            Finish();
        }
        else if (!_resetting)
        {
            _resetting = true;
            TellAll(new ConnectionProtocol.Reset(MigrationTrigger.ServiceStop.Instance));
            _stopAt = _stack.Now + EndGame;
            _wheel!.Schedule(_timer, _stopAt);
        }
        else
        {
            Log.Warning("{0} connections did not end in time", _stack.Connections.Count);
            _resetAtStop += _stack.Connections.Count;
            Finish();
        }
    }

    private void TellAll(object message)
    {
        foreach (var entry in _stack!.Connections.Values) entry.Actor?.Tell(message, ActorRefs.NoSender);
    }

    /// <summary>
    /// Runs after all connections have ended. Waits for the journal of their ends, at most <see cref="EndGame"/>, and not at
    /// all where the journal is known to take no writes.
    /// </summary>
    private void FinishIfEmpty()
    {
        if (_isEvacuating || _untoldTimeWaits > 0 || !_stack!.Connections.IsEmpty) return;
        if (_stack.UnwrittenEnds == 0 || _settings.JournalHealth.Problem is not null)
        {
            Finish();
            return;
        }

        var limit = _stack.Now + EndGame;
        if (limit >= _stopAt) return;
        _stopAt = limit;
        _wheel!.Schedule(_timer, _stopAt);
    }

    private void Finish()
    {
        if (_stack!.UnwrittenEnds > 0)
        {
            Log.Warning(
                "The ends of {0} connections are not in the journal ({1}); the next start will tell of them as lost",
                _stack.UnwrittenEnds, _settings.JournalHealth.Problem?.Message ?? "it does not answer");
        }

        Context.Stop(Self);
    }

    /// <summary>Runs also where the actor system terminates without a stop.</summary>
    private void Shutdown()
    {
        foreach (var engine in _settings.Engines) Dispose(engine, engine.Name);
        if (_settings.Directory is { } directory) Dispose(directory, "the directory of flows");
        if (_settings.Forwarder is { } forwarder) Dispose(forwarder, "the forwarding to other nodes");
        Dispose(_settings.Link, _settings.Link.Name);
    }

    private void Dispose(IDisposable owned, string name)
    {
        try
        {
            owned.Dispose();
        }
        catch (Exception error)
        {
            Log.Error(error, "Closing {0} failed", name);
        }
    }
}
