using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Migration;

public class UploadTests : StackTest
{
    [Fact]
    public void A_connection_comes_back_and_goes_on()
    {
        var client = StartOffloaded();
        EchoRoundTrip(client, 100_000);

        var record = Upload("1-1");

        Assert.Equal(("toe", "software", 2, 2L, "operator", MigrationOutcome.Completed),
            (record.From, record.To, record.Number, record.Epoch, record.Trigger, record.Outcome));
        EchoRoundTrip(client, 100_000);
        var snapshot = SingleConnection();
        Assert.Equal(
            ("Software", "software", 2L, 200_000L), (snapshot.Phase, snapshot.RunsOn, snapshot.Epoch, snapshot.BytesReceived));
        Assert.Empty(Ask<StackProtocol.IdentifierList>(StackProtocol.ListIdentifiers.Instance).Identifiers);
        Assert.Equal(200_000, Statistics().BytesReceived);
        Assert.Equal(200_000, Statistics().BytesSent);
    }

    [Fact]
    public void It_moves_back_and_forth_in_the_middle_of_a_transfer_and_no_byte_is_lost_or_sent_twice()
    {
        const int Total = 4_000_000;
        var client = StartEcho();
        client.Write(Total, Time);
        for (var i = 0; i < 40; i++)
        {
            for (var turn = 0; turn < 3; turn++)
            {
                Loop.RunOnce();
                Peer.Turn();
                Engine.Turn();
            }

            Assert.Equal(MigrationOutcome.Completed, (i % 2 == 0 ? Offload("1-1") : Upload("1-1")).Outcome);
        }

        Pump(() => client.Received.Count == Total, "everything back");
        VerifyEcho(client, Total);
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
        Assert.Equal(0, Peer.ResetsReceived);
        Assert.Equal(40, SingleConnection().Epoch);
        Assert.Equal(Enumerable.Range(1, 40), MigrationsOf("1-1").Select(record => record.Number));
    }

    [Fact]
    public void A_thousand_connections_move_at_once_under_load()
    {
        const int Count = 1_000;
        StartStack(Settings with { MigrationTimeout = TimeSpan.FromMinutes(1) });
        Listen(EchoPort, Applications.Echo);
        var clients = Enumerable.Range(0, Count).Select(_ => Peer.Connect(Server, EchoPort)).ToList();
        Pump(() => clients.TrueForAll(client => client.State == TcpState.Established), "the handshakes");

        for (var round = 0; round < 4; round++)
        {
            clients.ForEach(client => client.Write(5_000, Time));
            var moves = Enumerable.Range(1, Count)
                .Select(number => Start(
                    round % 2 == 0 ? new StackProtocol.Offload($"1-{number}", "toe") : new StackProtocol.Upload($"1-{number}")))
                .ToList();
            Assert.All(moves, move => Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(move).Outcome));
            Assert.Equal(Count, Statistics().ByOwner[round % 2 == 0 ? "toe" : "software"]);
        }

        Pump(() => clients.TrueForAll(client => client.Received.Count == 20_000), "everything back");
        clients.ForEach(client => VerifyEcho(client, 20_000));
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Fact]
    public void Unacknowledged_unsent_and_undelivered_bytes_travel()
    {
        var client = StartOffloaded();
        client.IsReading = false;
        client.Write(1_500_000, Time);
        Settle();
        Engine.KeepsReceived = true;
        var kept = Offloaded(reopen: true);
        client.Write(50_000, Time);
        Settle();

        var record = Upload("1-1");

        Assert.True(kept.IsDead);
        Assert.True(record.UnacknowledgedBytes + record.UnsentBytes > 0, "the peer reads nothing: bytes must wait in the engine");
        Assert.True(record.UnsentBytes > 0);
        Assert.True(record.UndeliveredBytes > 0);
        client.IsReading = true;
        PumpInTime(() => client.Received.Count == 1_550_000, TimeSpan.FromMinutes(1), "everything back");
        VerifyEcho(client, 1_550_000);
    }

    public static TheoryData<UploadReason> Reasons => [.. Enum.GetValues<UploadReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void An_engine_that_asks_is_rid_of_the_connection_and_the_record_names_its_reason(UploadReason reason)
    {
        var client = StartOffloaded();
        client.Write(300_000, Time);
        Loop.RunOnce();

        Engine.Single.Ask(reason, "as the test wants");
        Pump(() => SingleConnection().Phase == "Software", "the upload");

        var record = MigrationsOf("1-1")[^1];
        Assert.Equal(($"engine: {reason}", "as the test wants"), (record.Trigger, record.Detail));
        Assert.Equal(reason == UploadReason.EngineLost ? MigrationOutcome.Salvaged : MigrationOutcome.Completed, record.Outcome);
        Pump(() => client.Received.Count == 300_000, "everything back");
        EchoRoundTrip(client, 1_000);
    }

    [Fact]
    public void Late_segments_are_held_from_the_request_on_and_fed_after_the_import()
    {
        var client = StartOffloaded();
        Engine.OnTerminate = FakeEngine.Answer.WhenTold;
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");
        for (var i = 0; i < 10; i++)
        {
            client.Write(i % 2 == 0 ? 30_000 : 11, Time);
            Settle();
        }

        Assert.Empty(client.Received);
        Engine.Single.AnswerTerminate();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);

        var expected = 5 * 30_000 + 5 * 11;
        Pump(() => client.Received.Count == expected, "everything back");
        VerifyEcho(client, expected);
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
    }

    [Fact]
    public void The_blackout_is_from_the_engines_freeze_to_the_import()
    {
        StartOffloaded();
        Engine.OnTerminate = FakeEngine.Answer.WhenTold;
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");
        var connection = Engine.Single;
        Advance(TimeSpan.FromMilliseconds(5));
        connection.Events.Frozen(connection.Handle);
        Advance(TimeSpan.FromMicroseconds(777));
        connection.Events.Terminated(connection.Handle, connection.TakeState(), FidelityLedger.Exact);

        Assert.Equal(777, Await<MigrationRecord>(upload).BlackoutMicroseconds);
    }

    [Theory]
    [InlineData(nameof(FakeEngine.Answer.Never))]
    [InlineData(nameof(FakeEngine.Answer.Throw))]
    public void An_engine_that_does_not_give_back_is_done_without_and_the_record_says_so(string answer)
    {
        var client = StartOffloaded();
        client.IsReading = false;
        client.Write(1_500_000, Time);
        Settle();
        Engine.OnTerminate = Enum.Parse<FakeEngine.Answer>(answer);
        var dead = Engine.Single;
        var upload = Start(new StackProtocol.Upload("1-1"));
        PumpInTime(() => upload.IsCompleted, TimeSpan.FromSeconds(3), "the salvage");

        var record = Await<MigrationRecord>(upload);
        Assert.Equal((MigrationOutcome.Salvaged, "engine: EngineLost"), (record.Outcome, record.Trigger));
        Assert.Contains("asked by operator", record.Detail, StringComparison.Ordinal);
        Assert.Equal("Congestion.Cwnd", Assert.Single(record.Ledger).Field);
        Assert.True(Journal.Of("1-1").OfType<ConnectionEvents.OwnerCommitted>().Last().Salvaged);

        dead.Events.Terminated(dead.Handle, dead.InitialImage, FidelityLedger.Exact);
        client.IsReading = true;
        PumpInTime(() => client.Received.Count == 1_500_000, TimeSpan.FromMinutes(1), "everything back");
        VerifyEcho(client, 1_500_000);
    }

    [Fact]
    public void An_engine_that_cannot_be_salvaged_from_may_give_back_late()
    {
        var client = StartOffloaded();
        (Engine.OnTerminate, Engine.OnSalvage) = (FakeEngine.Answer.WhenTold, FakeEngine.Answer.WhenTold);
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");
        client.Write(10_000, Time);
        Advance(TimeSpan.FromSeconds(11));
        Assert.Contains(nameof(IOffloadEngine.Salvage), Engine.Calls);

        Engine.Single.AnswerTerminate();

        var record = Await<MigrationRecord>(upload);
        Assert.Equal((MigrationOutcome.Completed, "operator", ""), (record.Outcome, record.Trigger, record.Detail));
        Pump(() => client.Received.Count == 10_000, "what was held");
        EchoRoundTrip(client, 10_000);
    }

    [Fact]
    public void A_machine_that_is_suspended_while_an_engine_gives_back_loses_nothing()
    {
        var client = StartOffloaded();
        (Engine.OnTerminate, Engine.OnSalvage) = (FakeEngine.Answer.WhenTold, FakeEngine.Answer.WhenTold);
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");

        Clock.Advance(TimeSpan.FromHours(1));
        Settle();
        Engine.Single.AnswerTerminate();

        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);
        EchoRoundTrip(client, 10_000);
    }

    [Fact]
    public void An_engine_that_stays_silent_beyond_all_patience_ends_the_connection()
    {
        StartOffloaded();
        (Engine.OnTerminate, Engine.OnSalvage) = (FakeEngine.Answer.Never, FakeEngine.Answer.WhenTold);
        var upload = Start(new StackProtocol.Upload("1-1"));

        Advance(TimeSpan.FromSeconds(12.1));

        var record = Await<MigrationRecord>(upload);
        Assert.Equal(
            (MigrationOutcome.RolledBack, "engine: EngineLost",
                "nothing from the engine within 12 s (asked by operator); nothing could be salvaged"),
            (record.Outcome, record.Trigger, record.Detail));
        Assert.Equal("aborted: lost with engine toe", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        Assert.Equal(0, Engine.Count);
    }

    [Fact]
    public void An_engine_lost_while_it_gives_back_is_salvaged_at_once()
    {
        var client = StartOffloaded();
        Engine.OnTerminate = FakeEngine.Answer.Never;
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");

        Engine.Single.Ask(UploadReason.EngineLost, "device reset");

        var record = Await<MigrationRecord>(upload);
        Assert.Equal((MigrationOutcome.Salvaged, "device reset (asked by operator)"), (record.Outcome, record.Detail));
        EchoRoundTrip(client, 10_000);
    }

    [Theory]
    [InlineData(nameof(FakeEngine.Answer.Never))]
    [InlineData(nameof(FakeEngine.Answer.Throw))]
    public void Where_nothing_can_be_salvaged_the_connection_ends_and_says_why(string answer)
    {
        var client = StartOffloaded();
        Engine.OnSalvage = Enum.Parse<FakeEngine.Answer>(answer);

        Engine.Single.Ask(UploadReason.EngineLost, "on fire");
        Pump(() => Statistics().Connections == 0, "the end");

        var ended = Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1"));
        Assert.Equal("aborted: lost with engine toe", ended.Ended);
        Assert.Equal("on fire; nothing could be salvaged", MigrationsOf("1-1")[^1].Detail);
        client.Write(10, Time);
        Pump(() => client.State == TcpState.Closed, "the reset");
    }

    [Fact]
    public void A_connection_that_ends_in_the_engine_ends_here()
    {
        StartOffloaded();

        Engine.Single.Abort(new IOException("retransmissions ran out"));
        Pump(() => Statistics().Connections == 0, "the end");

        Assert.Equal("aborted: retransmissions ran out", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        Assert.Empty(Ask<StackProtocol.IdentifierList>(StackProtocol.ListIdentifiers.Instance).Identifiers);
    }

    [Fact]
    public void A_connection_that_ends_in_the_engine_while_it_is_asked_for_ends_here()
    {
        StartOffloaded();
        Engine.OnTerminate = FakeEngine.Answer.Never;
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");

        Engine.Single.Abort(new IOException("reset"));

        Assert.Equal((MigrationOutcome.RolledBack, "the connection ended in toe: reset"),
            Await<MigrationRecord>(upload) is var record ? (record.Outcome, record.Detail) : default);
        Pump(() => Statistics().Connections == 0, "the end");
    }

    [Fact]
    public void A_journal_that_never_answers_leaves_the_connection_in_the_engine()
    {
        var client = StartOffloaded();
        Pump(() => Journal.Of("1-1").Count == 3, "the commit");
        Journal.Close();
        var upload = Start(new StackProtocol.Upload("1-1"));
        PumpInTime(() => upload.IsCompleted, TimeSpan.FromSeconds(31), "the rollback");

        Assert.Equal(MigrationOutcome.RolledBack, Await<MigrationRecord>(upload).Outcome);
        Assert.DoesNotContain(nameof(IOffloadEngine.Terminate), Engine.Calls);
        Journal.Open();
        EchoRoundTrip(client, 10_000);
        Assert.Equal("Offloaded", SingleConnection().Phase);
        Assert.Equal(MigrationOutcome.Completed, Upload("1-1").Outcome);
        Assert.Equal(3, SingleConnection().Epoch);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void What_an_engine_asks_for_once_waits_for_the_journal_however_long_it_takes(UploadReason reason)
    {
        var client = StartOffloaded();
        Settle();
        Journal.Close();
        Engine.Single.Ask(reason);
        Pump(() => Journal.Waiting == 1, "the claim");

        Advance(TimeSpan.FromMinutes(10));
        EchoRoundTrip(client, 10_000);
        Assert.Equal(1, Journal.Waiting);

        Journal.Open();
        Pump(() => SingleConnection().Phase == "Software", "the upload");
        EchoRoundTrip(client, 10_000);
        Assert.Equal(2, MigrationsOf("1-1").Count);
    }

    [Fact]
    public void What_an_engine_asks_for_while_an_operators_upload_waits_for_the_journal_is_not_forgotten()
    {
        var client = StartOffloaded();
        Settle();
        Journal.Close();
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Journal.Waiting == 1, "the claim");
        Engine.Single.Ask(UploadReason.ApplicationClosing);
        Settle();

        Advance(TimeSpan.FromMinutes(10));
        Journal.Open();

        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);
        EchoRoundTrip(client, 10_000);
    }

    [Fact]
    public void An_application_that_fails_while_its_connection_is_in_the_engine_resets_it()
    {
        StartStack();
        Listen(EchoPort, async (connection, stopping) =>
        {
            await connection.Pipe.Input.ReadAsync(stopping);
            throw new InvalidOperationException("application bug");
        });
        var client = Connect(EchoPort);
        Offload("1-1");

        client.Write(10, Time);
        Pump(() => client.State == TcpState.Closed, "the reset");

        Assert.Equal(1, Peer.ResetsReceived);
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Equal("aborted: application bug", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_half_closed_by_the_peer_moves_and_still_gives_what_is_left(bool closedInEngine)
    {
        StartStack();
        Listen(EchoPort, async (connection, stopping) =>
        {
            while (true)
            {
                var read = await connection.Pipe.Input.ReadAsync(stopping);
                connection.Pipe.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }

            await connection.Pipe.Output.WriteAsync(TestPattern.Take(0, 700_000, salt: 1), stopping);
        });
        var client = Connect(EchoPort, receiveCapacity: 50_000);
        client.IsReading = false;
        if (closedInEngine) Offload("1-1");
        client.Close(Time);
        Settle();
        if (!closedInEngine) Offload("1-1");
        var snapshot = SingleConnection();
        Assert.Equal(TcpState.CloseWait, snapshot.State);

        Upload("1-1");
        client.IsReading = true;
        PumpInTime(() => client.HasReadAll, TimeSpan.FromMinutes(1), "the rest");

        VerifyEcho(client, 700_000);
        Pump(() => Statistics().Connections == 0, "the end");
        Assert.Equal("closed", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    private PeerConnection StartOffloaded()
    {
        var client = StartEcho();
        Assert.Equal(MigrationOutcome.Completed, Offload("1-1").Outcome);
        return client;
    }

    /// <summary>Takes the connection out and in again, so that the engine's settings take effect.</summary>
    private FakeEngineConnection Offloaded(bool reopen)
    {
        if (reopen)
        {
            Upload("1-1");
            Offload("1-1");
        }

        return Engine.Single;
    }
}
