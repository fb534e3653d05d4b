using ActorStack.Actors.Migration;
using ActorStack.Actors.Policy;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Moves by policy. The policy checks a busy connection as it works, and an idle or offloaded one on the stack's slow tick. A
/// connection that an operator placed stays there until its engine asks to be rid of it.
/// </summary>
internal sealed partial class ConnectionActor
{
    private static readonly TimeSpan PolicyPause = TimeSpan.FromMilliseconds(100);

    private PolicyMemory? _policyMemory;
    private TimeSpan _consultedAt;

    /// <summary>True where the interval since the last check has passed.</summary>
    internal bool IsPolicyDue(TimeSpan now) => now - _consultedAt >= PolicyPause;

    /// <summary>Consults the policy. A stack that stops makes no moves by policy, because its connections end anyway.</summary>
    internal PolicyDecision ConsultPolicy(TimeSpan now)
    {
        var policy = Stack.Settings.Policy;
        if (policy.Rules.Count == 0 || Stack.Stopping.IsCancellationRequested) return PolicyDecision.Stay;
        _consultedAt = now;
        _policyMemory ??= new PolicyMemory();
        var info = Behaviour.Info();
        CountUpTo(info.BytesReceived, info.BytesSent);
        var facts = new ConnectionFacts(
            Entry.Flow, Entry.RunsOn, now - _since, info.BytesReceived + info.BytesSent, info.RoundTripTime);
        return policy.Evaluate(facts, _policyMemory, now);
    }

    /// <summary>Tells the policy about a finished migration, whatever triggered it.</summary>
    private void NoteForPolicy(MigrationClaim claim, MigrationOutcome outcome)
    {
        var policy = Stack.Settings.Policy;
        if (policy.Rules.Count == 0) return;
        _policyMemory ??= new PolicyMemory();
        if (outcome == MigrationOutcome.RolledBack)
        {
            if (claim.From.IsSoftware) _policyMemory.NoteEngineDeclined(claim.To.ToString(), policy, Stack.Now);
            return;
        }

        _policyMemory.NoteMove(Stack.Now);
        switch (claim.Trigger)
        {
            case MigrationTrigger.Operator:
                _policyMemory.Pin();
                break;
            case MigrationTrigger.Engine or MigrationTrigger.EngineLost:
                _policyMemory.Unpin();
                _policyMemory.NoteEngineDeclined(claim.From.ToString(), policy, Stack.Now);
                break;
        }
    }
}
