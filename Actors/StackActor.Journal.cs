using ActorStack.Actors.Connections;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.State;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors;

/// <summary>What the journal tells of earlier starts, and the journal's upkeep.</summary>
public sealed partial class StackActor
{
    /// <summary>Ends after which those of longer ago leave the journal.</summary>
    private const int EndsUntilUpkeep = 1_000;

    private int _endsSinceUpkeep;
    private Task _upkeep = Task.CompletedTask;

    private void ReadJournal()
    {
        if (_settings.Journal is null) return;
        ConnectionJournal.RecoverAsync(Context.System, _settings.Journal, _boot, _settings.Time).PipeTo(
            Self, success: histories => new JournalRead(histories), failure: error => new JournalFailed("read", error));
    }

    private void OnJournalRead(IReadOnlyList<ConnectionHistory> histories)
    {
        var lost = histories.Count(history => history.Ended == ConnectionJournal.Lost);
        if (histories.Count > 0) Log.Info("{0} connections of earlier starts in the journal, {1} of them lost", histories.Count, lost);
        foreach (var history in histories.Take(_settings.EndedKept - _endedOrder.Count).Reverse())
            Remember(new ConnectionProtocol.Ended(history.Id, Snapshot(history), history.Records, WasReset: false));
        KeepUpJournal();
    }

    private void NoteEnd()
    {
        if (_settings.Journal is not null && ++_endsSinceUpkeep >= EndsUntilUpkeep) KeepUpJournal();
    }

    private void KeepUpJournal()
    {
        if (!_upkeep.IsCompleted) return;
        _endsSinceUpkeep = 0;
        _upkeep = _settings.Journal!.RemoveEndedAsync(_settings.EndedKept).PipeTo(
            Self, success: rows => new JournalKept(rows), failure: error => new JournalFailed("shortened", error));
    }

    private static ConnectionSnapshot Snapshot(ConnectionHistory history) => new(
        history.Id, history.Local, history.Remote, TcpState.Closed, nameof(TcpState.Closed), history.RunsOn, history.BytesReceived,
        history.BytesSent, 0, 0, 0, 0, history.Epoch, history.Migrations, (history.EndedAt - history.OpenedAt)?.TotalSeconds ?? 0, history.Ended);

    private sealed record JournalRead(IReadOnlyList<ConnectionHistory> Histories) : INoSerializationVerificationNeeded;

    private sealed record JournalKept(int Rows) : INoSerializationVerificationNeeded;

    private sealed record JournalFailed(string Doing, Exception Error) : INoSerializationVerificationNeeded;
}
