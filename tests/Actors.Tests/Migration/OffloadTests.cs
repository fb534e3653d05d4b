using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Migration;

public class OffloadTests : StackTest
{
    [Fact]
    public void An_offloaded_connection_runs_in_the_engine_and_everybody_can_see_that()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 100_000);
        Engine.InitiateLedger = FidelityLedger.Exact.With("Cwnd", Fidelity.Approximate, "in whole segments");

        var record = Offload("1-1");

        Assert.Equal(MigrationOutcome.Completed, record.Outcome);
        Assert.Equal(("software", "toe", 1, 1L, "operator", ""),
            (record.From, record.To, record.Number, record.Epoch, record.Trigger, record.Detail));
        Assert.Equal("Cwnd", Assert.Single(record.Ledger).Field);
        EchoRoundTrip(client, 100_000);
        var snapshot = SingleConnection();
        Assert.Equal(("Offloaded", "toe", 200_000L, 200_000L, 1L, 1),
            (snapshot.Phase, snapshot.RunsOn, snapshot.BytesReceived, snapshot.BytesSent, snapshot.Epoch, snapshot.Migrations));
        Assert.Equal(1, Statistics().ByOwner["toe"]);
        Assert.Equal(1, Statistics().Migrations["software -> toe: Completed"]);
        var identifier = Assert.Single(Ask<StackProtocol.IdentifierList>(StackProtocol.ListIdentifiers.Instance).Identifiers);
        Assert.Equal(("1-1", "toe", Engine.Single.Handle.Value), (identifier.ConnectionId, identifier.Engine, identifier.Handle));
        Assert.Equal(record, Assert.Single(MigrationsOf("1-1")));
        Assert.Equal("1-1", Engine.Single.Initial.Identity.ConnectionId);
        Assert.Equal(1, Engine.Single.Initial.Identity.Epoch);
    }

    [Fact]
    public void The_claim_is_journaled_before_the_engine_gets_the_state_and_the_commit_after()
    {
        StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Journal.Waiting == 1, "the claim");
        Assert.Empty(Engine.Calls);
        Assert.Equal("Offloading", SingleConnection().Phase);

        Journal.Open();
        Await<MigrationRecord>(offload);
        Pump(() => Journal.Of("1-1").Count == 3, "the events");

        Assert.IsType<ConnectionEvents.Opened>(Journal.Of("1-1")[0]);
        Assert.Equal(("software", "toe", 1L), Assert.IsType<ConnectionEvents.OwnerClaimed>(Journal.Of("1-1")[1]) is var claim
            ? (claim.From, claim.To, claim.Epoch)
            : default);
        Assert.Equal(1, Assert.IsType<ConnectionEvents.OwnerCommitted>(Journal.Of("1-1")[2]).Number);
    }

    [Fact]
    public void The_software_stack_goes_on_while_the_claim_is_journaled()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));

        EchoRoundTrip(client, 50_000);

        Journal.Open();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(offload).Outcome);
        EchoRoundTrip(client, 50_000);
    }

    [Fact]
    public void Late_segments_are_held_and_forwarded_in_order_and_the_peer_sends_nothing_twice()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 100_000); // the peer's window has room for all that follows
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");

        for (var i = 0; i < 20; i++)
        {
            client.Write(i % 5 == 0 ? 20_000 : 37, Time);
            Settle();
        }

        Assert.Equal(100_000, client.Received.Count);
        Assert.DoesNotContain(nameof(IOffloadEngine.Forward), Engine.Calls);
        Engine.Single.AnswerInitiate();
        Await<MigrationRecord>(offload);

        var expected = 100_000 + 4 * 20_000 + 16 * 37;
        Pump(() => client.Received.Count == expected, "everything back");
        VerifyEcho(client, expected);
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
        Assert.Empty(Statistics().Dropped);
        const int Segments = 4 * 14 + 16; // 14 of 1,448 bytes hold 20,000
        var forwarded = Engine.Calls.IndexOf(nameof(IOffloadEngine.Engage))
            - Engine.Calls.IndexOf(nameof(IOffloadEngine.Activate)) - 1;

        // Before all of several loops have drained their queues, the acknowledgment of what came back may be forwarded, too.
        Assert.InRange(forwarded, Segments, LoopCount == 1 ? Segments : Segments + 1);
    }

    [Fact]
    public void The_blackout_is_from_the_freeze_to_the_commit_and_nothing_else()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Journal.Waiting == 1, "the claim");
        Advance(TimeSpan.FromMilliseconds(700));
        Journal.Open();
        Pump(() => Engine.Count == 1, "the freeze");
        Advance(TimeSpan.FromMicroseconds(1234));

        Engine.Single.AnswerInitiate();

        Assert.Equal(1234, Await<MigrationRecord>(offload).BlackoutMicroseconds);
        EchoRoundTrip(client, 1000);
    }

    [Fact]
    public void What_the_application_writes_while_frozen_leaves_by_the_engine()
    {
        var client = StartEcho();
        client.IsReading = false;
        client.Write(900_000, Time);
        Settle();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        client.Write(200_000, Time);
        Settle();
        Engine.Single.AnswerInitiate();
        var record = Await<MigrationRecord>(offload);

        client.IsReading = true;
        PumpInTime(() => client.Received.Count == 1_100_000, TimeSpan.FromMinutes(1), "everything back");
        VerifyEcho(client, 1_100_000);
        Assert.Equal(record.UnacknowledgedBytes, Engine.Single.Initial.UnacknowledgedLength);
    }

    public static TheoryData<RefusalReason> Refusals => [.. Enum.GetValues<RefusalReason>()];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_rolls_back_names_the_reason_and_the_connection_goes_on(RefusalReason reason)
    {
        var client = StartEcho();
        EchoRoundTrip(client, 5_000);
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        Engine.Refusal = reason;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        client.Write(7_000, Time);
        Settle();
        Engine.Single.AnswerInitiate();

        var record = Await<MigrationRecord>(offload);

        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.StartsWith($"{reason}: ", record.Detail, StringComparison.Ordinal);
        Pump(() => client.Received.Count == 12_000, "what came while frozen");
        EchoRoundTrip(client, 5_000);
        Assert.Equal(("Software", "software", 1L),
            SingleConnection() is var snapshot ? (snapshot.Phase, snapshot.RunsOn, snapshot.Epoch) : default);
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
        Assert.Empty(Ask<StackProtocol.IdentifierList>(StackProtocol.ListIdentifiers.Instance).Identifiers);
        var rolledBack = Assert.IsType<ConnectionEvents.OwnerRolledBack>(Journal.Of("1-1")[^1]);
        Assert.Equal(("software", "toe", 1L), (rolledBack.Owner, rolledBack.To, rolledBack.Epoch));
    }

    [Fact]
    public void An_engine_that_never_answers_is_fenced_and_its_late_answer_ignored()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        var late = Engine.Single;
        client.Write(3_000, Time);
        Settle();

        Advance(TimeSpan.FromSeconds(2));
        var record = Await<MigrationRecord>(offload);
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.StartsWith("NoAnswer: ", record.Detail, StringComparison.Ordinal);
        Assert.Contains(nameof(IOffloadEngine.Invalidate), Engine.Calls);
        Assert.True(record.BlackoutMicroseconds >= 2_000_000);

        late.AnswerInitiate();
        Pump(() => client.Received.Count == 3_000, "what came while frozen");
        EchoRoundTrip(client, 5_000);
        Assert.Equal("Software", SingleConnection().Phase);
        Assert.DoesNotContain(nameof(IOffloadEngine.Activate), Engine.Calls);
    }

    [Fact]
    public void A_journal_that_never_answers_rolls_back_without_a_blackout()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Journal.Waiting == 1, "the claim");
        Advance(TimeSpan.FromSeconds(30));

        var record = Await<MigrationRecord>(offload);
        Assert.Equal((MigrationOutcome.RolledBack, 0d), (record.Outcome, record.BlackoutMicroseconds));
        Journal.Open();
        EchoRoundTrip(client, 5_000);
        Assert.Empty(Engine.Calls);
        Assert.Equal("Software", SingleConnection().Phase);
    }

    [Fact]
    public void An_engine_that_throws_is_rolled_back_from()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.Throw;

        var record = Offload("1-1");

        Assert.Equal((MigrationOutcome.RolledBack, "SystemError: the driver crashed"), (record.Outcome, record.Detail));
        EchoRoundTrip(client, 5_000);
    }

    [Fact]
    public void An_engine_that_fails_before_it_answers_is_rolled_back_from()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");

        Engine.Single.Events.Aborted(Engine.Single.Handle, new IOException("power lost"));

        var record = Await<MigrationRecord>(offload);
        Assert.Equal((MigrationOutcome.RolledBack, "toe failed: power lost"), (record.Outcome, record.Detail));
        EchoRoundTrip(client, 5_000);
    }

    [Fact]
    public void Events_under_another_handle_change_nothing()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        var events = Engine.Single.Events;
        var other = new EngineHandle(99);

        events.Initiated(other, FidelityLedger.Exact);
        events.Refused(other, RefusalReason.PathMtu, "");
        events.Aborted(other, new IOException());
        events.Terminated(other, Engine.Single.InitialImage, FidelityLedger.Exact);
        Settle();
        Assert.Equal("Offloading", SingleConnection().Phase);

        Engine.Single.AnswerInitiate();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(offload).Outcome);
        events.UploadRequested(other, UploadReason.HardwareFailure, "");
        events.Frozen(other);
        events.Aborted(other, new IOException());
        EchoRoundTrip(client, 5_000);
        Assert.Equal("Offloaded", SingleConnection().Phase);
    }

    [Fact]
    public void A_connection_that_ends_while_the_claim_is_journaled_is_not_moved()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Journal.Waiting == 1, "the claim");

        client.Abort(Time);
        var record = Await<MigrationRecord>(offload);
        Assert.Equal((MigrationOutcome.RolledBack, "the connection ended"), (record.Outcome, record.Detail));
        Journal.Open();
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Empty(Engine.Calls);
        Assert.Equal(record, Assert.Single(MigrationsOf("1-1")));
    }

    [Fact]
    public void A_reset_that_arrives_while_frozen_takes_effect_after_the_rollback()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        Engine.Refusal = RefusalReason.PathMtu;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        client.Abort(Time);
        Settle();

        Engine.Single.AnswerInitiate();

        Assert.Equal(MigrationOutcome.RolledBack, Await<MigrationRecord>(offload).Outcome);
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Equal("reset by peer", Ask<Actors.Connections.ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    [Fact]
    public void Orders_that_cannot_be_followed_are_answered_with_what_to_do()
    {
        StartEcho();

        var noConnection = Ask<StackProtocol.Failed>(new StackProtocol.Offload("7-7", "toe"));
        Assert.Equal(FailureCode.UnknownConnection, noConnection.Code);
        var noEngine = Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-1", "fpga"));
        Assert.Equal((FailureCode.UnknownEngine, "there is no engine 'fpga'; known are toe"), (noEngine.Code, noEngine.Message));
        Assert.Equal(FailureCode.NotNow, Ask<StackProtocol.Failed>(new StackProtocol.Upload("1-1")).Code);

        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");
        Assert.Contains("is moving to toe", Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-1", "toe")).Message,
            StringComparison.Ordinal);
        Assert.Equal(FailureCode.NotNow, Ask<StackProtocol.Failed>(new StackProtocol.Upload("1-1")).Code);
        Engine.Single.AnswerInitiate();
        Await<MigrationRecord>(offload);
        Assert.Contains("runs on toe already", Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-1", "toe")).Message,
            StringComparison.Ordinal);
    }
}
