using ActorStack.Actors.Migration;
using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Moves by rule. The policy looks at a connection as it works, and at idle and offloaded ones on the stack's slow tick. What an
/// operator placed stays where it is until its engine asks to be rid of it.
/// </summary>
internal sealed partial class ConnectionActor
{
    private static readonly TimeSpan PolicyPause = TimeSpan.FromMilliseconds(100);

    private PolicyMemory? _policyMemory;
    private TimeSpan _consultedAt;

    private void ConsultPolicyAtTimes(TimeSpan now)
    {
        if (_phase == nameof(Software) && now - _consultedAt >= PolicyPause) ConsultPolicy(now);
    }

    private void ConsultPolicy(TimeSpan now)
    {
        var policy = _stack.Settings.Policy;
        if (policy.Rules.Count == 0) return;
        _consultedAt = now;
        _policyMemory ??= new PolicyMemory();
        var info = Info();
        var facts = new ConnectionFacts(
            _entry.Flow, _entry.RunsOn, now - _since, info.BytesReceived + info.BytesSent, info.RoundTripTime);
        var decision = policy.Evaluate(facts, _policyMemory, now);
        switch (decision.Action)
        {
            case PolicyAction.Offload when _engine is null:
                if (_stack.FindEngine(decision.Engine) is { } engine) BeginOffload(new Offload(engine, decision.Trigger), requester: null);
                break;
            case PolicyAction.Offload or PolicyAction.Upload:
                // From one engine to another the way leads through software.
                BeginUpload(decision.Trigger, UploadReason.UploadRequested, requester: null);
                break;
            case PolicyAction.Stay:
                break;
        }
    }

    /// <summary>What the policy must know of a migration that is over, whoever wanted it.</summary>
    private void NoteForPolicy(MigrationRecord record)
    {
        var policy = _stack.Settings.Policy;
        if (policy.Rules.Count == 0) return;
        _policyMemory ??= new PolicyMemory();
        var engineAsked = record.Trigger.StartsWith(EngineTrigger, StringComparison.Ordinal);
        if (record.Outcome == MigrationOutcome.RolledBack)
        {
            if (record.From == Owner.Software) _policyMemory.NoteEngineDeclined(record.To, policy, _stack.Now);
            return;
        }

        _policyMemory.NoteMove(_stack.Now);
        if (record.Trigger == OperatorTrigger) _policyMemory.Pin();
        else if (engineAsked) _policyMemory.Unpin();
        if (engineAsked) _policyMemory.NoteEngineDeclined(record.From, policy, _stack.Now);
    }
}
