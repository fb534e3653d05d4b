using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The system's journal as connections see it. They have no past, and so need not wait until a database has looked for one: recovery is
/// answered here, on the stack's own loop. Their events are committed in groups: what comes while a commit is under way goes together
/// in the next. One that fails is tried again, and the stacks are told: a journal that is slow or full delays what is known of
/// connections, it ends none.
/// </summary>
internal sealed class GroupCommitJournal : UntypedActor, IWithTimers
{
    /// <summary>Its section in reference.conf.</summary>
    public const string PluginId = "actorstack.connection-journal";

    /// <summary>The snapshot store that goes with it: there are none.</summary>
    public const string SnapshotPluginId = "actorstack.no-snapshots";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IActorRef _journal = Akka.Persistence.Persistence.Instance.Apply(Context.System).JournalFor("");
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WaitingWrites _waiting = new(Context.System.Settings.Config.GetInt("actorstack.ended-kept", StackSettings.DefaultEndedKept));
    private ImmutableArray<WriteMessages> _underWay = [];
    private int _answered;
    private int _leftOfAnswered;
    private int _attempt;
    private TimeSpan _pause = FirstPause;
    private bool _isFailing;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReplayMessages { ToSequenceNr: 0 } replay:
                replay.PersistentActor.Tell(new RecoverySuccess(0));
                break;
            case WriteMessages write:
                foreach (var needless in _waiting.Add(write)) Confirm(needless);
                CommitNext();
                break;
            case WriteMessagesSuccessful:
                OnSucceeded();
                break;
            case WriteMessageSuccess success when success.ActorInstanceId == _attempt:
                Answer(success);
                break;
            case WriteMessageRejected rejected when rejected.ActorInstanceId == _attempt:
                Answer(rejected);
                break;
            case WriteMessagesFailed failed:
                OnFailed(failed.Cause);
                break;
            case WriteMessageSuccess or WriteMessageRejected or WriteMessageFailure:
                break; // of an attempt that failed as a whole
            case Retry:
                Commit();
                break;
            default:
                _journal.Forward(message);
                break;
        }
    }

    private void CommitNext()
    {
        if (!_underWay.IsEmpty || _waiting.Count == 0) return;
        _underWay = _waiting.Take();
        Commit();
    }

    private void Commit()
    {
        (_answered, _leftOfAnswered) = (0, 0);
        _journal.Tell(new WriteMessages(_underWay.SelectMany(write => write.Messages).ToArray(), Self, ++_attempt));
    }

    private void OnSucceeded()
    {
        _pause = FirstPause;
        if (!_isFailing) return;
        _isFailing = false;
        Context.System.EventStream.Publish(new JournalStatus(Failure: null));
    }

    /// <summary>
    /// A group is one transaction. Where its rows are there already, an attempt that was thought to have failed had only taken long.
    /// </summary>
    private void OnFailed(Exception cause)
    {
        if (SqliteJournal.IsDuplicate(cause))
        {
            OnSucceeded();
            foreach (var write in _underWay) Confirm(write);
            Finish();
            return;
        }

        _attempt++;
        _isFailing = true;
        Context.System.EventStream.Publish(new JournalStatus(cause));
        _log.Debug(
            "{0} writes of connections did not get into the journal, {1} more wait; they are tried again in {2} s: {3}",
            _underWay.Length, _waiting.Count, _pause.TotalSeconds, cause.Message);
        Timers.StartSingleTimer(nameof(Retry), Retry.Instance, _pause);
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    private void Answer(WriteMessageSuccess success)
    {
        var write = Asker();
        write.PersistentActor.Tell(new WriteMessageSuccess(success.Persistent, write.ActorInstanceId), Sender);
        FinishWhenAnswered();
    }

    private void Answer(WriteMessageRejected rejected)
    {
        var write = Asker();
        write.PersistentActor.Tell(new WriteMessageRejected(rejected.Persistent, rejected.Cause, write.ActorInstanceId), Sender);
        FinishWhenAnswered();
    }

    /// <summary>Whose event the next answer is about: they come in the order of the events.</summary>
    private WriteMessages Asker()
    {
        var write = _underWay[_answered];
        if (_leftOfAnswered == 0)
        {
            _leftOfAnswered = WaitingWrites.EventsOf(write).Count();
            write.PersistentActor.Tell(WriteMessagesSuccessful.Instance);
        }

        if (--_leftOfAnswered == 0) _answered++;
        return write;
    }

    private void FinishWhenAnswered()
    {
        if (_answered == _underWay.Length) Finish();
    }

    private void Finish()
    {
        _underWay = [];
        CommitNext();
    }

    private static void Confirm(WriteMessages write)
    {
        write.PersistentActor.Tell(WriteMessagesSuccessful.Instance);
        foreach (var item in WaitingWrites.EventsOf(write)) write.PersistentActor.Tell(new WriteMessageSuccess(item, write.ActorInstanceId));
    }

    private sealed class Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }
}
