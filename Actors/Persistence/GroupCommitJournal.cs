using System.Collections.Immutable;
using ActorStack.Actors.Migration;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The journal of the actor system as connections use it. A new connection has no earlier events, so this journal answers its
/// recovery on the stack's own loop and does not wait for a database. Events are committed in groups: events that arrive during
/// a commit are in the next group. The claims of ownership in a group first go to the store, and claims that the store refuses
/// are rejected. A failed commit is tried again, and the stacks are told; a slow or full journal delays the record of
/// connections but ends none of them.
/// <code>
/// idle -> claiming -> committing -> idle
/// committing -> comparing -> committing | idle     the journal has an event of that number already
/// claiming, committing, comparing -> pausing -> claiming     a failure
/// </code>
/// </summary>
internal sealed class GroupCommitJournal : UntypedActor, IWithTimers
{
    /// <summary>The section of the journal in reference.conf.</summary>
    public const string PluginId = "actorstack.connection-journal";

    /// <summary>The snapshot store of the journal, which stores nothing.</summary>
    public const string SnapshotPluginId = "actorstack.no-snapshots";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IActorRef _journal = Akka.Persistence.Persistence.Instance.Apply(Context.System).JournalFor("");
    private readonly IConnectionStore? _store;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WaitingWrites _waiting = new(
        Context.System.Settings.Config.GetInt("actorstack.ended-kept", StackSettings.DefaultEndedKept));
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
                break; // an answer to an attempt that failed as a whole
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

    /// <summary>Claims again after a failed attempt; the store grants a claim again that it has granted before.</summary>
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
    /// Uses the writer id of the event as the claimant. Akka draws that id for each persistent actor, so that it is unique and
    /// stays the same over the moves on this node.
    /// </summary>
    private static List<(WriteMessages Write, OwnershipClaim Claim)> ClaimsOf(ImmutableArray<WriteMessages> writes) =>
    [
        .. from write in writes
           from item in WaitingWrites.EventsOf(write)
           where item.Payload is ConnectionEvents.OwnerClaimed
           let claimed = (ConnectionEvents.OwnerClaimed)item.Payload
           select (write, new OwnershipClaim(
               ConnectionJournal.ConnectionOf(item.PersistenceId), claimed.Epoch, item.WriterGuid, item.PersistenceId)),
    ];

    /// <summary>
    /// Rejects the whole write of a refused claim, because its events do not belong to the other owner's history.
    /// </summary>
    private void OnClaimed(Claimed claimed)
    {
        for (var i = 0; i < claimed.Claims.Count; i++)
        {
            var (write, claim) = claimed.Claims[i];
            if (claimed.Answers[i] is { IsGranted: false } answer && _underWay.Contains(write))
                Reject(write, Refusal(claim, answer));
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

    /// <summary>
    /// Finds out whose events the journal has: those of an own attempt that was slow and not lost, or those of another owner.
    /// </summary>
    private void Compare(IConnectionStore store, Exception cause)
    {
        store.FindAsync([.. _underWay.SelectMany(WaitingWrites.EventsOf)]).PipeTo(
            Self, success: found => new Compared(found, cause), failure: error => new StoreFailed(error));
    }

    /// <summary>
    /// Accepts or rejects each write as a whole, because a write is one transaction: all of its events are stored, or none.
    /// </summary>
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
        found is not null
        && Context.System.Serialization.FindSerializerFor(item.Payload).ToBinary(item.Payload).AsSpan().SequenceEqual(found);

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

    /// <summary>The write that the next answer belongs to: answers arrive in the order of the events.</summary>
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
        foreach (var item in WaitingWrites.EventsOf(write))
            write.PersistentActor.Tell(new WriteMessageSuccess(item, write.ActorInstanceId));
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
        + (answer.Owner.Length == 0 ? "nobody" : answer.Owner == claim.Owner ? "this owner" : $"owner {answer.Owner}"));

    private static OwnershipLostException Conflict(IPersistentRepresentation item) => new(
        $"event {item.SequenceNr} of {item.PersistenceId} is in the journal, and it is another: "
        + "the connection has another owner");

    private sealed record Claimed(List<(WriteMessages Write, OwnershipClaim Claim)> Claims, IReadOnlyList<ClaimAnswer> Answers)
        : INoSerializationVerificationNeeded;

    private sealed record Compared(IReadOnlyList<byte[]?> Found, Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record StoreFailed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed class Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }
}
