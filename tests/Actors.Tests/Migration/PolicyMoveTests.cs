using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Policy;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Tests.Migration;

public class PolicyMoveTests : StackTest
{
    private static readonly OffloadPolicy Busy = new()
    {
        Rules = [new PolicyRule("busy", PolicyAction.Offload)
        {
            Engine = "toe",
            Limits = new PolicyLimits { MinBytes = 100_000 },
        }],
        Hold = TimeSpan.FromSeconds(1),
        MinimumStay = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public void A_connection_moves_when_a_rule_matches_and_the_record_names_the_rule()
    {
        var client = StartEcho(Settings with { Policy = Busy });
        EchoRoundTrip(client, 10_000);
        Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(MigrationsOf("1-1"));

        EchoRoundTrip(client, 100_000);
        Advance(TimeSpan.FromMilliseconds(100));
        EchoRoundTrip(client, 1_000);
        Pump(() => SingleConnection().RunsOn == "toe", "the move");

        Assert.Equal("policy: rule busy", Assert.Single(MigrationsOf("1-1")).Trigger);
        EchoRoundTrip(client, 1_000);
    }

    [Fact]
    public void An_idle_connection_is_looked_at_too()
    {
        var client = StartEcho(Settings with
        {
            Policy = Busy with
            {
                Rules = [new PolicyRule("old", PolicyAction.Offload)
                {
                    Engine = "toe",
                    Limits = new PolicyLimits { MinAge = TimeSpan.FromSeconds(30) },
                }]
            },
        });
        EchoRoundTrip(client, 100);

        Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("software", SingleConnection().RunsOn);
        Advance(TimeSpan.FromSeconds(3));

        Pump(() => SingleConnection().RunsOn == "toe", "the move");
    }

    [Fact]
    public void A_connection_comes_back_when_no_rule_matches_any_more()
    {
        var young = Busy with
        {
            Rules = [new PolicyRule("young", PolicyAction.Offload)
            {
                Engine = "toe",
                Limits = new PolicyLimits { MaxAge = TimeSpan.FromSeconds(10) },
            }],
        };
        StartEcho(Settings with { Policy = young });
        Advance(TimeSpan.FromSeconds(2));
        Pump(() => SingleConnection().RunsOn == "toe", "the move");

        Advance(TimeSpan.FromSeconds(30));

        Pump(() => SingleConnection().RunsOn == "software", "the way back");
        Assert.Equal("policy: no rule", MigrationsOf("1-1")[^1].Trigger);
    }

    [Fact]
    public void An_engine_that_refuses_is_left_alone_for_a_while()
    {
        var client = StartEcho(Settings with { Policy = Busy });
        Engine.Refusal = RefusalReason.NoConnectionEntries;
        EchoRoundTrip(client, 200_000);
        for (var i = 0; i < 20; i++)
        {
            Advance(TimeSpan.FromMilliseconds(100));
            EchoRoundTrip(client, 100);
        }

        var refused = MigrationsOf("1-1");
        Assert.All(refused, record => Assert.Equal(MigrationOutcome.RolledBack, record.Outcome));
        Assert.InRange(refused.Count, 1, 3);
    }

    [Fact]
    public void What_an_operator_placed_stays_there_until_its_engine_asks_to_be_rid_of_it()
    {
        var client = StartEcho(Settings with { Policy = Busy });
        EchoRoundTrip(client, 200_000);
        Advance(TimeSpan.FromSeconds(2));
        Pump(() => SingleConnection().RunsOn == "toe", "the move");
        Upload("1-1");

        Advance(TimeSpan.FromSeconds(60));
        EchoRoundTrip(client, 1_000);
        Assert.Equal("software", SingleConnection().RunsOn);

        Offload("1-1");
        Engine.Single.Ask(UploadReason.HardwareFailure);
        Pump(() => SingleConnection().RunsOn == "software", "the upload");
        Advance(TimeSpan.FromSeconds(60));
        Pump(() => SingleConnection().RunsOn == "toe", "the rule to hold again");
    }

    [Fact]
    public void An_engine_that_asks_to_be_rid_of_a_busy_connection_does_not_get_it_back_at_once()
    {
        var client = StartEcho(Settings with { Policy = Busy });
        EchoRoundTrip(client, 200_000);
        Advance(TimeSpan.FromSeconds(2));
        Pump(() => SingleConnection().RunsOn == "toe", "the move");
        Advance(TimeSpan.FromSeconds(6));
        Engine.OnTerminate = FakeEngine.Answer.WhenTold;
        Engine.Single.Ask(UploadReason.HardwareFailure);
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");
        client.Write(1_000, Time);
        Advance(TimeSpan.FromMilliseconds(200));

        Engine.Single.AnswerTerminate();
        Settle();

        Assert.Equal(2, MigrationsOf("1-1").Count);
        Assert.Equal("Software", SingleConnection().Phase);
        Assert.Equal([1, 1, 2, 2], Journal.Of("1-1").Select(EpochOf).OfType<long>());
    }

    [Fact]
    public void A_stack_that_stops_moves_nothing_into_an_engine()
    {
        StartStack(Settings with { Policy = Busy });
        Listen(EchoPort, (connection, _) => Applications.Echo(connection, CancellationToken.None));
        var client = Connect(EchoPort);
        EchoRoundTrip(client, 200_000);
        Advance(TimeSpan.FromSeconds(2));
        Pump(() => SingleConnection().RunsOn == "toe", "the move");
        Start(new StackProtocol.Stop(TimeSpan.FromMinutes(1)));
        Pump(() => SingleConnection().RunsOn == "software", "the way out");

        for (var i = 0; i < 10; i++)
        {
            Advance(TimeSpan.FromSeconds(1));
            EchoRoundTrip(client, 1_000);
        }

        Assert.Equal(2, MigrationsOf("1-1").Count);
    }

    [Fact]
    public void Without_rules_nothing_moves_by_itself()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 1_000_000);
        Advance(TimeSpan.FromMinutes(2));

        Assert.Empty(MigrationsOf("1-1"));
        Assert.Equal("software", SingleConnection().RunsOn);
    }

    private static long? EpochOf(IConnectionEvent journaled) => journaled switch
    {
        ConnectionEvents.OwnerClaimed claimed => claimed.Epoch,
        ConnectionEvents.OwnerCommitted committed => committed.Epoch,
        _ => null,
    };
}
