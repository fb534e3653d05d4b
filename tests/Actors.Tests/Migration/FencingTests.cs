using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Tests.Migration;

/// <summary>
/// The store gave a connection to another owner: here it ends, and neither its peer nor its history hears of that.
/// </summary>
public sealed class FencingTests : StackTest
{
    private const string Why = "epoch 1 is another's";

    [Fact]
    public void A_connection_whose_claim_is_refused_ends_in_silence()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.ClaimsRefused = new OwnershipLostException(Why);

        var record = Offload("1-1");

        Assert.Equal((MigrationOutcome.Fenced, Why), (record.Outcome, record.Detail));
        Assert.Empty(Engine.Calls);
        Assert.Equal($"aborted: {Why}", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        Assert.IsType<ConnectionEvents.Opened>(Assert.Single(Journal.Of("1-1")));
        Assert.Null(client.Error);
    }

    [Fact]
    public void An_engine_whose_connection_another_owner_has_is_fenced()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        Offload("1-1");
        Pump(() => Journal.Of("1-1").Count == 3, "the commit");
        Journal.ClaimsRefused = new OwnershipLostException(Why);

        var record = Upload("1-1");

        Assert.Equal((MigrationOutcome.Fenced, Why), (record.Outcome, record.Detail));
        Assert.Equal(0, Engine.Count);
        Assert.DoesNotContain(nameof(IOffloadEngine.Terminate), Engine.Calls);
        Assert.Equal($"aborted: {Why}", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        Assert.Equal(3, Journal.Of("1-1").Count);
        Assert.Null(client.Error);
    }
}
