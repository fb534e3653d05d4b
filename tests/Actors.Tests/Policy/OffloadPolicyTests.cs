using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Wire;
using Akka.Configuration;

namespace ActorStack.Actors.Tests.Policy;

public sealed class OffloadPolicyTests
{
    private static readonly Owner Software = Owner.Software;

    private static readonly string[] Engines = ["kernel", "toe"];

    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly PolicyMemory _memory = new();

    [Fact]
    public void Without_rules_nothing_is_offloaded() =>
        Assert.Equal(PolicyDecision.Stay, Evaluate(OffloadPolicy.None, Facts(), Start));

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        var policy = Policy("""
            rules = [
              { name = big, match = { min-bytes = 1GB }, action = offload, engine = kernel }
              { name = ports, match = { local-port = "7-9" }, action = offload, engine = toe }
              { name = all, action = offload, engine = kernel }
            ]
            """);
        Assert.Equal(new PolicyDecision(PolicyAction.Offload, "toe", "ports"), Evaluate(policy, Facts(), Start));
        Assert.Equal("policy: rule ports", Evaluate(policy, Facts(), Start).Trigger.ToString());
    }

    [Fact]
    public void A_rule_that_says_stay_shields_from_later_rules()
    {
        var policy = Policy("""
            rules = [
              { name = admin, match = { local-port = 7 }, action = stay }
              { name = all, action = offload, engine = kernel }
            ]
            """);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(), Start).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts() with { Owner = Owner.Engine("toe") }, Start).Action);
    }

    [Theory]
    [InlineData("local-port = 7", true)]
    [InlineData("local-port = \"8-9\"", false)]
    [InlineData("local-port = \"1, 5-8\"", true)]
    [InlineData("local-port = [ \"1\", \"5-8\" ]", true)]
    [InlineData("remote-port = 40000", true)]
    [InlineData("remote-port = 7", false)]
    [InlineData("remote = \"10.0.0.0/8\"", true)]
    [InlineData("remote = \"10.9.0.0/30\"", true)]
    [InlineData("remote = \"10.9.0.4/30\"", false)]
    [InlineData("remote = \"10.9.0.2\"", true)]
    [InlineData("remote = \"10.9.0.3\"", false)]
    [InlineData("remote = \"fd00::/8, 10.9.0.2\"", true)]
    [InlineData("remote = \"::/0\"", false)]
    [InlineData("local = \"0.0.0.0/0\"", true)]
    [InlineData("min-bytes = 1000", true)]
    [InlineData("min-bytes = 1kB", true)]
    [InlineData("min-bytes = 1KiB", false)]
    [InlineData("max-bytes = 999", false)]
    [InlineData("min-age = 10s", true)]
    [InlineData("min-age = 10001ms", false)]
    [InlineData("max-age = 9s", false)]
    [InlineData("min-rtt = 500us", true)]
    [InlineData("max-rtt = 0.4ms", false)]
    [InlineData("min-age = 1s, max-rtt = 1ms, remote-port = 40000", true)]
    [InlineData("min-age = 1s, max-rtt = 1ms, remote-port = 40001", false)]
    public void A_rule_matches_when_all_its_conditions_do(string conditions, bool matches)
    {
        var policy = Policy($"rules = [ {{ name = r, match = {{ {conditions} }}, action = offload, engine = kernel }} ]");
        Assert.Equal(matches ? PolicyAction.Offload : PolicyAction.Stay, Evaluate(policy, Facts(), Start).Action);
    }

    [Theory]
    [InlineData("min-rtt = 0us")]
    [InlineData("max-rtt = 1s")]
    [InlineData("max-rate = 1Gbit")]
    [InlineData("min-rate = 0bit")]
    public void What_is_not_known_yet_matches_no_limit_on_it(string condition)
    {
        var policy = Policy($"rules = [ {{ name = r, match = {{ {condition} }}, action = offload, engine = kernel }} ]");
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts() with { RoundTripTime = TimeSpan.Zero }, Start).Action);
    }

    [Fact]
    public void The_rate_is_taken_over_its_window()
    {
        var policy = Policy("""
            rate-window = 1s
            rules = [ { name = fast, match = { min-rate = 8kbit }, action = offload, engine = kernel } ]
            """);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 0), Start).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 1_000_000), Start + Seconds(0.9)).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 999), Start + Seconds(1)).Action);
        Assert.Equal(7992, _memory.Rate);
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(bytes: 1999), Start + Seconds(2)).Action);
        Assert.Equal(8000, _memory.Rate);
    }

    [Fact]
    public void A_rule_must_hold_before_it_is_followed()
    {
        var policy = Policy(
            "rules = [ { name = r, hold = 2s, match = { min-bytes = 100 }, action = offload, engine = kernel } ]");
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 100), Start).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 100), Start + Seconds(1.9)).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 99), Start + Seconds(1.95)).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(bytes: 100), Start + Seconds(2)).Action);
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(bytes: 100), Start + Seconds(4)).Action);
    }

    [Fact]
    public void The_rule_in_force_holds_on_below_its_threshold()
    {
        var policy = Policy("""
            leave-ratio = 0.5
            rules = [ { name = near, match = { max-rtt = 1ms, min-bytes = 100 }, action = offload, engine = kernel } ]
            """);
        var facts = Facts(bytes: 100) with { RoundTripTime = TimeSpan.FromMilliseconds(1) };
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, facts, Start).Action);

        facts = facts with { Owner = Owner.Engine("kernel") };
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, facts with { Bytes = 50 }, Start).Action);
        Assert.Equal(
            PolicyAction.Stay, Evaluate(policy, facts with { RoundTripTime = TimeSpan.FromMilliseconds(2) }, Start).Action);
        Assert.Equal(
            new PolicyDecision(PolicyAction.Upload, "", ""),
            Evaluate(policy, facts with { RoundTripTime = TimeSpan.FromMilliseconds(2.1) }, Start));

        // Left: the threshold as written counts again.
        Assert.Equal(PolicyAction.Upload, Evaluate(policy, facts with { Bytes = 50 }, Start).Action);
    }

    [Fact]
    public void A_connection_no_rule_matches_any_more_is_taken_back_after_the_hold()
    {
        var policy = Policy("hold = 3s") with
        {
            Rules = [new PolicyRule("never", PolicyAction.Stay) { LocalPorts = [new PortRange(1, 1)] }],
        };
        var facts = Facts() with { Owner = Owner.Engine("kernel") };
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, facts, Start).Action);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, facts, Start + Seconds(2.9)).Action);
        var decision = Evaluate(policy, facts, Start + Seconds(3));
        Assert.Equal(PolicyAction.Upload, decision.Action);
        Assert.Equal("policy: no rule", decision.Trigger.ToString());
    }

    [Fact]
    public void A_rule_moves_between_engines()
    {
        var facts = Facts() with { Owner = Owner.Engine("toe") };
        Assert.Equal(new PolicyDecision(PolicyAction.Offload, "kernel", "all"), Evaluate(Always(), facts, Start));
        Assert.Equal(PolicyAction.Stay, Evaluate(Always(), facts with { Owner = Owner.Engine("kernel") }, Start).Action);
    }

    [Fact]
    public void What_an_operator_placed_stays_until_let_go()
    {
        _memory.Pin();
        Assert.Equal(PolicyAction.Stay, Evaluate(Always(), Facts(), Start + Seconds(100)).Action);
        _memory.Unpin();
        Assert.Equal(PolicyAction.Offload, Evaluate(Always(), Facts(), Start + Seconds(100)).Action);
    }

    [Fact]
    public void Two_moves_keep_their_distance()
    {
        var policy = Always() with { MinimumStay = Seconds(5) };
        _memory.NoteMove(Start);
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(), Start + Seconds(4.9)).Action);
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(), Start + Seconds(5)).Action);
    }

    [Fact]
    public void Moves_in_a_window_are_limited()
    {
        var policy = Always() with { MaximumMoves = 3, MovesWindow = Seconds(60), MinimumStay = TimeSpan.Zero };
        _memory.NoteMove(Start);
        _memory.NoteMove(Start + Seconds(10));
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(), Start + Seconds(15)).Action);
        _memory.NoteMove(Start + Seconds(20));
        Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(), Start + Seconds(59)).Action);
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(), Start + Seconds(60)).Action);
    }

    [Fact]
    public void An_engine_that_declined_is_left_alone_for_a_doubling_time()
    {
        var policy = Always() with { Backoff = Seconds(1), MaximumBackoff = Seconds(4) };
        var now = Start;
        foreach (var wait in new[] { 1, 2, 4, 4 })
        {
            _memory.NoteEngineDeclined("kernel", policy, now);
            Assert.Equal(PolicyAction.Stay, Evaluate(policy, Facts(), now + Seconds(wait - 0.01)).Action);
            now += Seconds(wait);
            Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(), now).Action);
        }

        // Forgiven when it went well for as long as the longest wait.
        now += Seconds(4);
        _memory.NoteEngineDeclined("kernel", policy, now);
        Assert.Equal(PolicyAction.Offload, Evaluate(policy, Facts(), now + Seconds(1)).Action);
    }

    [Fact]
    public void One_engines_declining_is_not_held_against_another()
    {
        _memory.NoteEngineDeclined("toe", Always(), Start);
        Assert.Equal(PolicyAction.Offload, Evaluate(Always(), Facts(), Start).Action);
    }

    [Fact]
    public void A_load_that_swings_does_not_make_the_connection_swing()
    {
        var policy = Policy("""
            rate-window = 100ms, min-stay = 5s, max-moves = 4, moves-window = 60s
            rules = [ { name = fast, hold = 500ms, match = { min-rate = 8Mbit }, action = offload, engine = kernel } ]
            """);
        var owner = Software;
        long bytes = 0;
        var moves = 0;
        for (var now = Start; now < Start + Seconds(60); now += Seconds(0.1))
        {
            // Ten seconds fast, ten slow, with a dip in every second of the fast ones.
            var second = (now - Start).TotalSeconds;
            bytes += second % 20 < 10 && second % 1 < 0.8 ? 1_000_000 : 10_000;
            var decision = Evaluate(policy, Facts(bytes) with { Owner = owner }, now);
            if (decision.Action == PolicyAction.Stay) continue;
            owner = decision.Action == PolicyAction.Offload ? Owner.Engine(decision.Engine) : Software;
            _memory.NoteMove(now);
            moves++;
        }

        Assert.Equal(4, moves);
    }

    private static OffloadPolicy Always() => Policy("rules = [ { name = all, action = offload, engine = kernel } ]");

    private static OffloadPolicy Policy(string hocon) => OffloadPolicy.Parse(
        ConfigurationFactory.ParseString($"hold = 0s\n min-stay = 0s\n {hocon}"), Engines);

    private static ConnectionFacts Facts(long bytes = 1000) => new(
        new FlowKey(new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7), new TcpEndpoint(IpAddress.Parse("10.9.0.2"), 40_000)),
        Software, Age: Seconds(10), bytes, RoundTripTime: TimeSpan.FromMicroseconds(500));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private PolicyDecision Evaluate(OffloadPolicy policy, ConnectionFacts facts, TimeSpan now) =>
        policy.Evaluate(facts, _memory, now);
}
