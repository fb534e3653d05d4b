using ActorStack.Actors.Connections;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.State;
using Akka.Actor;
using Akka.Event;
using Akka.Pattern;

namespace ActorStack.Actors;

/// <summary>Reads the connections of earlier starts from the journal, and maintains the journal.</summary>
public sealed partial class StackActor
{
    /// <summary>The number of ends after which the oldest ended connections leave the journal.</summary>
    private const int EndsUntilUpkeep = 1_000;

    private int _endsSinceUpkeep;
    private Task _upkeep = Task.CompletedTask;

    private void ReadJournal()
    {
        if (_settings.Journal is null) return;
        var incarnation = _settings.Incarnation ?? _boot;
        ConnectionJournal.RecoverAsync(Context.System, _settings.Journal, _settings.Node, incarnation, _settings.Time).PipeTo(
            Self, success: histories => new JournalRead(histories), failure: error => new JournalFailed("read", error));
    }

    private void OnJournalRead(IReadOnlyList<ConnectionHistory> histories)
    {
        var lost = histories.Count(history => history.Ended == ConnectionJournal.Lost);
        if (histories.Count > 0)
            Log.Info("{0} connections of earlier starts in the journal, {1} of them lost", histories.Count, lost);
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

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        OnJournalStatus(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        OnJournalStatus(reason);
        base.OnRecoveryFailure(reason, message);
    }

    /// <summary>
    /// Logs a change of the journal's state. While the circuit breaker is open, its exception hides the cause, so the first
    /// cause is kept.
    /// </summary>
    private void OnJournalStatus(Exception? failure)
    {
        var before = _settings.JournalHealth.Problem;
        if (failure is OpenCircuitException && before is not null) return;
        var problem = failure is null ? null : Diagnose(failure);
        _settings.JournalHealth.Problem = problem;
        if (problem == before) return;
        if (problem is null)
            Log.Warning("The journal takes writes again");
        else
            Log.Warning("The journal takes no writes: {0}. {1} Connections go on; moves wait", problem.Message, problem.WhatToDo);
    }

    private StorageProblem Diagnose(Exception failure) =>
        _settings.Journal?.Diagnose(failure) ?? StorageProblem.Of(failure, "the journal's directory");

    private static ConnectionSnapshot Snapshot(ConnectionHistory history) => new(
        history.Id, history.Local, history.Remote, TcpState.Closed, nameof(TcpState.Closed), history.RunsOn,
        history.BytesReceived, history.BytesSent, 0, 0, 0, 0, history.Epoch, history.Migrations,
        (history.EndedAt - history.OpenedAt)?.TotalSeconds ?? 0, history.Ended);

    private sealed record JournalRead(IReadOnlyList<ConnectionHistory> Histories) : INoSerializationVerificationNeeded;

    private sealed record JournalKept(int Rows) : INoSerializationVerificationNeeded;

    private sealed record JournalFailed(string Doing, Exception Error) : INoSerializationVerificationNeeded;
}
