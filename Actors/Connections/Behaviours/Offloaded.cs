using ActorStack.Actors.Migration;
using ActorStack.Actors.Policy;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>An engine runs the connection, and no move is on its way.</summary>
internal sealed class Offloaded(ConnectionActor actor, EngineRun run, ConnectionContext application)
    : EngineBehaviour(actor, run, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Offloaded;

    protected override string WhyNotMoved => $"runs on {Run.Engine.Name} already; upload it first";

    public override void OnBurst(SegmentBurst burst) => Forward(burst);

    public override void OnApplicationWrote() => Watch();

    public override void OnApplicationRead() => Watch();

    public override void OnOptionsChanged() => UpdateEngine();

    public override void OnUpload()
    {
        if (!Actor.DeclinesForJournal()) Actor.Step(new MigrationInput.Upload(MigrationTrigger.Operator.Instance));
    }

    /// <summary>The connection first moves into the software stack, and from there to the node.</summary>
    public override void OnHandOff(string node, MigrationTrigger trigger)
    {
        if (Actor.WhyNotHandedOff(node, Application) is { } why)
        {
            Actor.Decline(why);
            return;
        }

        Actor.HandOffAfterUpload(node, trigger);
        Actor.Step(new MigrationInput.Upload(new MigrationTrigger.Departure(node)));
    }

    /// <summary>
    /// Follows the policy. Also where the policy names another engine, the connection first moves back into software.
    /// </summary>
    public override void OnPolicyTick()
    {
        var decision = Actor.ConsultPolicy(Stack.Now);
        if (decision.Action != PolicyAction.Stay) Actor.Step(new MigrationInput.Upload(decision.Trigger));
    }

    public override void Prepare(MigrationClaim claim, CurrentMigration migration) =>
        Actor.Enter(new Uploading(Actor, Run, Application, migration));

    /// <summary>
    /// Handles an abort only: the engine reads and writes the application's pipes itself, but only the software stack sends a
    /// RST.
    /// </summary>
    public void Watch()
    {
        Application.TakeWrote();
        Application.TakeRead();
        if (Actor.Buffers.AbortError is { } error)
            Actor.Step(new MigrationInput.Upload(new MigrationTrigger.Application(error.Message)));
    }
}
