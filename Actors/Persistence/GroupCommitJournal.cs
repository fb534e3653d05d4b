using System.Collections.Immutable;
using ActorStack.Actors.Migration;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The system's journal as connections see it. They have no past, and so need not wait until a database has looked for one: recovery is
/// answered here, on the stack's own loop. Their events are committed in groups: what comes while a commit is under way goes together
/// in the next. A group's claims of ownership are put before the store first, and those that it refuses are rejected. A commit that
/// fails is tried again, and the stacks are told: a journal that is slow or full delays what is known of connections, it ends none.
/// <code>
/// idle -> claiming -> committing -> idle
/// committing -> comparing -> committing | idle     the journal has an event of that number already
/// claiming, committing, comparing -> pausing -> claiming     a failure
/// </code>
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
    private readonly IConnectionStore? _store;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WaitingWrites _waiting = new(Context.System.Settings.Config.GetInt("actorstack.ended-kept", StackSettings.DefaultEndedKept));
    private ImmutableArray<WriteMessages> _underWay = [];
    private int _answered;
    private int _leftOfAnswered;
    private int _attempt;
    private TimeSpan _pause = FirstPause;
    private bool _isFailing;

    /// <param name="config">The journal's section; its <c>store.class</c> names the <see cref="IConnectionStore"/>.</param>
    public GroupCommitJournal(Config config)
    {
        if (config.GetString("store.class") is not { Length: > 0 } store) return;
        _store = (IConnectionStore)Activator.CreateInstance(Type.GetType(store, throwOnError: true)!, config.GetConfig("store"))!;
    }

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
            case Claimed claimed:
                OnClaimed(claimed);
                break;
            case Compared compared:
                OnCompared(compared);
                break;
            case StoreFailed failed:
                Pause(failed.Cause);
                break;
            case Retry:
                Claim();
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
        Claim();
    }

    /// <summary>A claim that was granted before the last attempt failed is granted again.</summary>
    private void Claim()
    {
        if (_store is null || ClaimsOf(_underWay) is not { Count: > 0 } claims)
        {
            Commit();
            return;
        }

        _store.ClaimAsync([.. claims.Select(claim => claim.Claim)]).PipeTo(
            Self, success: answers => new Claimed(claims, answers), failure: error => new StoreFailed(error));
    }

    /// <summary>
    /// The writer of an event, which Akka draws for each persistent actor, is also who claims: nobody else has the same, and after each
    /// move on this node it stays the same.
    /// </summary>
    private static List<(WriteMessages Write, OwnershipClaim Claim)> ClaimsOf(ImmutableArray<WriteMessages> writes) =>
    [
        .. from write in writes
           from item in WaitingWrites.EventsOf(write)
           where item.Payload is ConnectionEvents.OwnerClaimed
           let claimed = (ConnectionEvents.OwnerClaimed)item.Payload
           select (write, new OwnershipClaim(item.PersistenceId, claimed.Epoch, item.WriterGuid, item.WriterGuid)),
    ];

    /// <summary>Of a connection that another owner has, no event of the same write belongs to its history.</summary>
    private void OnClaimed(Claimed claimed)
    {
        for (var i = 0; i < claimed.Claims.Count; i++)
        {
            var (write, claim) = claimed.Claims[i];
            if (claimed.Answers[i] is { IsGranted: false } answer && _underWay.Contains(write)) Reject(write, Refusal(claim, answer));
        }

        CommitOrFinish();
    }

    private void CommitOrFinish()
    {
        if (_underWay.IsEmpty) Finish();
        else Commit();
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

    private void OnFailed(Exception cause)
    {
        _attempt++;
        if (_store?.IsDuplicate(cause) is true) Compare(_store, cause);
        else Pause(cause);
    }

    /// <summary>Whose events are there already: those of an attempt that was thought to have failed and had only taken long, or another's?</summary>
    private void Compare(IConnectionStore store, Exception cause)
    {
        store.FindAsync([.. _underWay.SelectMany(WaitingWrites.EventsOf)]).PipeTo(
            Self, success: found => new Compared(found, cause), failure: error => new StoreFailed(error));
    }

    /// <summary>A write is one transaction: all of its events are there, or none is.</summary>
    private void OnCompared(Compared compared)
    {
        var (before, next) = (_underWay, 0);
        foreach (var write in before)
        {
            var events = WaitingWrites.EventsOf(write).ToList();
            var found = compared.Found.Skip(next).Take(events.Count).ToList();
            next += events.Count;
            if (found.TrueForAll(bytes => bytes is null)) continue;
            if (events.Zip(found, IsSame).All(same => same)) Accept(write);
            else Reject(write, Conflict(events[0]));
        }

        if (_underWay.Length == before.Length)
        {
            Pause(compared.Cause);
            return;
        }

        OnSucceeded();
        CommitOrFinish();
    }

    private bool IsSame(IPersistentRepresentation item, byte[]? found) =>
        found is not null && Context.System.Serialization.FindSerializerFor(item.Payload).ToBinary(item.Payload).AsSpan().SequenceEqual(found);

    private void Pause(Exception cause)
    {
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

    private void Accept(WriteMessages write)
    {
        _underWay = _underWay.Remove(write);
        Confirm(write);
    }

    private void Reject(WriteMessages write, Exception cause)
    {
        _underWay = _underWay.Remove(write);
        write.PersistentActor.Tell(WriteMessagesSuccessful.Instance);
        foreach (var item in WaitingWrites.EventsOf(write))
            write.PersistentActor.Tell(new WriteMessageRejected(item, cause, write.ActorInstanceId));
    }

    private static OwnershipLostException Refusal(OwnershipClaim claim, ClaimAnswer answer) => new(
        $"epoch {claim.Epoch} of {claim.Connection} is not to be had: the store has epoch {answer.Epoch} of "
        + (answer.Owner.Length == 0 ? "nobody" : answer.Owner == claim.PreviousOwner ? "this owner" : $"owner {answer.Owner}"));

    private static OwnershipLostException Conflict(IPersistentRepresentation item) => new(
        $"event {item.SequenceNr} of {item.PersistenceId} is in the journal, and it is another: the connection has another owner");

    private sealed record Claimed(List<(WriteMessages Write, OwnershipClaim Claim)> Claims, IReadOnlyList<ClaimAnswer> Answers)
        : INoSerializationVerificationNeeded;

    private sealed record Compared(IReadOnlyList<byte[]?> Found, Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record StoreFailed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed class Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }
}
