using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Without serialized messages: Akka's own message of a failed write does not survive that.</summary>
public sealed class JournalFailureTests() : StackTest("akka.actor.serialize-messages = off")
{
    [Fact]
    public void A_journal_that_fails_costs_the_connection_and_the_peer_is_told()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        Stack.Tell(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Journal.Waiting == 1, "the claim");

        Journal.Open(new IOException("disk full"));

        Pump(() => client.State == TcpState.Closed, "the reset");
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Equal("aborted: the connection's actor was stopped", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        EchoRoundTrip(Connect(EchoPort), 1_000);
    }
}
