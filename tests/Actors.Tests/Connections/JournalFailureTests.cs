using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Without serialized messages: Akka's own message of a failed write does not survive that.</summary>
public sealed class JournalFailureTests() : StackTest("akka.actor.serialize-messages = off")
{
    [Fact]
    public void A_journal_that_fails_for_a_while_delays_a_move_and_costs_nothing()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var moved = Start(new StackProtocol.Offload("1-1", Engine.Name));
        Pump(() => Journal.Waiting == 1, "the claim");

        Journal.Open(new IOException("disk full"));

        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(moved).Outcome);
        EchoRoundTrip(client, 1_000);
    }
}
