using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Without serialized messages: Akka's own message of a failed write does not survive that.</summary>
public sealed class JournalFailureTests() : StackTest("akka.actor.serialize-messages = off")
{
    private static readonly IOException DiskFull = new("No space left on device", 28);

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_asks_for_a_move_while_the_journal_is_known_to_fail_hears_the_cause_at_once(bool offloaded)
    {
        StartEcho();
        if (offloaded) Offload("1-1");
        LetJournalFail();

        object move = offloaded ? new StackProtocol.Upload("1-1") : new StackProtocol.Offload("1-1", Engine.Name);
        var failed = Ask<StackProtocol.Failed>(move);

        Assert.Equal(FailureCode.JournalFailing, failed.Code);
        Assert.Contains("No space left on device", failed.Message);
        Assert.Contains("Free space in", failed.WhatToDo);
        Assert.StartsWith("No space left on device", Statistics().JournalProblem, StringComparison.Ordinal);

        Journal.Failure = null;
        Pump(() => Statistics().JournalProblem is null, "the next attempt");
        Assert.Equal(MigrationOutcome.Completed, Ask<MigrationRecord>(move).Outcome);
    }

    [Fact]
    public void A_claim_that_the_journal_refuses_for_long_is_given_up_before_its_requester_stops_waiting_and_tells_why()
    {
        StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Failure = DiskFull;
        var moved = Start(new StackProtocol.Offload("1-1", Engine.Name));
        PumpInTime(() => moved.IsCompleted, TimeSpan.FromSeconds(14), "an answer");
        var record = Await<MigrationRecord>(moved);
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.Contains("No space left on device. Free space in", record.Detail);
    }

    [Fact]
    public void A_connection_that_ended_is_told_as_such_although_the_journal_takes_nothing()
    {
        var client = StartEcho();
        LetJournalFail();
        client.Close(Time);
        Pump(() => Ended().Count == 2, "the end");
        Assert.Equal("closed", Ended()[0].Ended);
        Assert.Equal(0, Statistics().Connections);
    }

    [Fact]
    public void A_full_disk_does_not_hold_up_the_stop_and_makes_no_reset_of_an_orderly_end()
    {
        var client = StartEcho();
        LetJournalFail();
        client.Close(Time);
        var other = Connect(EchoPort);
        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(10)));
        Pump(() => other.HasReadAll, "the FIN");
        other.Close(Time);

        // Time stands still: the answer waits for no limit.
        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_stop_only_does_not_hold_it_up_either()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Failure = DiskFull;
        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(10)));
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);
        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
    }

    [Fact]
    public void A_journal_that_does_not_answer_is_waited_for_two_seconds_and_no_longer()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(60)));
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);
        Settle();
        Assert.False(stop.IsCompleted);
        Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
    }

    [Fact]
    public void A_stop_is_over_when_the_ends_are_in_the_journal()
    {
        var client = StartEcho();
        Pump(() => Journal.Of("1-1").Count == 1, "the opening");
        Journal.Close();
        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(60)));
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);
        Pump(() => Journal.Waiting == 1, "the end");
        Assert.False(stop.IsCompleted);
        Journal.Open();
        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
    }

    /// <summary>Until the stack knows: the end of a connection of its own is what first meets the full disk.</summary>
    private void LetJournalFail()
    {
        Pump(() => Journal.Of("1-1").Count >= 1, "the opening");
        Settle();
        Journal.Failure = DiskFull;
        Connect(EchoPort).Close(Time);
        Pump(() => Statistics().JournalProblem is not null, "the failure");
    }

    private IReadOnlyList<ConnectionSnapshot> Ended() =>
        [.. Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: true)).Connections
            .Where(snapshot => snapshot.Ended is not null)];
}
