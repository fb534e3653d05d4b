using ActorStack.Actors.Migration;
using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The connection is open in the software stack, and no move is on its way.</summary>
internal sealed class Software(ConnectionActor actor, TcpConnection tcp, ConnectionContext application)
    : ServingBehaviour(actor, tcp, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Software;

    protected override string WhyNotMoved => "runs in software already";

    public override void OnOffload(Owner engine)
    {
        if (!Actor.DeclinesForJournal()) Actor.Step(new MigrationInput.Offload(engine, MigrationTrigger.Operator.Instance));
    }

    public override void OnHandOff(string node, MigrationTrigger trigger)
    {
        if (Actor.WhyNotHandedOff(node, Application) is { } why) Actor.Decline(why);
        else Actor.Step(new MigrationInput.HandOff(node, trigger));
    }

    public override void OnPolicyTick() => Follow(Actor.ConsultPolicy(Stack.Now));

    public override void Prepare(MigrationClaim claim, CurrentMigration migration)
    {
        var engine = Stack.FindEngine(claim.To.ToString())
            ?? throw new InvalidOperationException($"there is no engine {claim.To}");
        Actor.Enter(new Offloading(Actor, Tcp, Application, engine, migration));
    }

    public override void Carry(MigrationOutput output)
    {
        if (output is MigrationOutput.SendPrepare prepare) Actor.BeginHandoff(prepare, Tcp, Application);
        else base.Carry(output);
    }

    protected override void AfterSettling(TimeSpan now)
    {
        if (Tcp.State is TcpState.Closing or TcpState.LastAck)
        {
            Actor.Enter(new Closing(Actor, Tcp, Application));
            Actor.ArmTimer(now);
            return;
        }

        Actor.ArmTimer(now);
        if (Actor.IsPolicyDue(now)) Follow(Actor.ConsultPolicy(now));
    }

    private void Follow(in PolicyDecision decision)
    {
        if (decision.Action == PolicyAction.Offload && Stack.FindEngine(decision.Engine) is { } engine)
            Actor.Step(new MigrationInput.Offload(Owner.Engine(engine.Name), decision.Trigger));
    }
}
