using ActorStack.Transport.Wire;
using ActorStack.Actors.Policy;
using Akka.Configuration;

namespace ActorStack.Actors.Tests.Policy;

public sealed class PolicyParserTests
{
    private static readonly string[] Engines = ["kernel", "toe"];

    [Fact]
    public void The_reference_has_the_defaults_of_the_code()
    {
        var parsed = OffloadPolicy.Parse(ActorStackReference.Config.GetConfig("actorstack.policy"), Engines);
        Assert.Empty(parsed.Rules);
        Assert.Equal(OffloadPolicy.None, parsed with { Rules = OffloadPolicy.None.Rules });
    }

    [Fact]
    public void No_section_is_no_policy()
    {
        Assert.Equal(OffloadPolicy.None, OffloadPolicy.Parse(null, Engines) with { Rules = OffloadPolicy.None.Rules });
        Assert.Equal(OffloadPolicy.None, OffloadPolicy.Parse(Config.Empty, Engines) with { Rules = OffloadPolicy.None.Rules });
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[ ]")]
    public void An_empty_list_has_no_rules(string list) => Assert.Empty(Parse($"rules = {list}").Rules);

    [Fact]
    public void An_applications_rules_stand_before_the_reference()
    {
        var config = ConfigurationFactory
            .ParseString("actorstack.policy { max-moves = 9, rules = [ { name = a, action = offload, engine = toe } ] }")
            .WithFallback(ActorStackReference.Config);
        var policy = OffloadPolicy.Parse(config.GetConfig("actorstack.policy"), Engines);
        Assert.Equal("a", Assert.Single(policy.Rules).Name);
        Assert.Equal(9, policy.MaximumMoves);
        Assert.Equal(OffloadPolicy.None.MovesWindow, policy.MovesWindow);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var policy = Parse("""
            hold = 2s, leave-ratio = 0.25, rate-window = 50ms, min-stay = 1m, max-moves = 2, moves-window = 1h
            backoff = 3s, max-backoff = 4s
            rules = [ {
              name = r, action = offload, engine = toe, hold = 7s
              match = {
                local-port = "1-2", remote-port = 3, local = "10.0.0.0/8", remote = "fd00::/8", min-bytes = 64KiB, max-bytes = 1GB
                min-rate = 1.5kbit, max-rate = 1Gbit, min-age = 1ms, max-age = 2h, min-rtt = 3us, max-rtt = 4 s
              }
            } ]
            """);
        Assert.Equal(
            new OffloadPolicy
            {
                Rules = policy.Rules,
                Hold = TimeSpan.FromSeconds(2),
                LeaveRatio = 0.25,
                RateWindow = TimeSpan.FromMilliseconds(50),
                MinimumStay = TimeSpan.FromMinutes(1),
                MaximumMoves = 2,
                MovesWindow = TimeSpan.FromHours(1),
                Backoff = TimeSpan.FromSeconds(3),
                MaximumBackoff = TimeSpan.FromSeconds(4),
            },
            policy);

        var rule = Assert.Single(policy.Rules);
        Assert.Equal(
            ("r", PolicyAction.Offload, "toe", TimeSpan.FromSeconds(7)), (rule.Name, rule.Action, rule.Engine, rule.Hold));
        Assert.Equal(
            ("1-2", "3-3", "10.0.0.0/8", "fd00::/8"),
            (Show(rule.LocalPorts), Show(rule.RemotePorts), Show(rule.Local), Show(rule.Remote)));
        Assert.Equal(
            new PolicyLimits
            {
                MinBytes = 65_536,
                MaxBytes = 1_000_000_000,
                MinRate = 1500,
                MaxRate = 1e9,
                MinAge = TimeSpan.FromMilliseconds(1),
                MaxAge = TimeSpan.FromHours(2),
                MinRtt = TimeSpan.FromMicroseconds(3),
                MaxRtt = TimeSpan.FromSeconds(4),
            },
            rule.Limits);
    }

    [Theory]
    [InlineData("holt = 1s", "actorstack.policy.holt", "hold")]
    [InlineData("hold = soon", "actorstack.policy.hold", "5s")]
    [InlineData("hold = 5", "actorstack.policy.hold", "5s")]
    [InlineData("leave-ratio = 1.1", "actorstack.policy.leave-ratio", "up to 1")]
    [InlineData("leave-ratio = 0", "actorstack.policy.leave-ratio", "above 0")]
    [InlineData("max-moves = 65", "actorstack.policy.max-moves", "up to 64")]
    [InlineData("rules = all", "actorstack.policy.rules", "list of rules")]
    [InlineData("rules = [ 5 ]", "actorstack.policy.rules[0]", "name")]
    [InlineData("rules = [ { action = stay } ]", "actorstack.policy.rules[0].name", "name")]
    [InlineData(
        "rules = [ { name = a, action = stay }, { name = a, action = stay } ]", "actorstack.policy.rules[1].name", "no other")]
    [InlineData("rules = [ { name = a } ]", "actorstack.policy.rules[0].action", "offload, upload, stay")]
    [InlineData("rules = [ { name = a, action = fly } ]", "actorstack.policy.rules[0].action", "offload, upload, stay")]
    [InlineData("rules = [ { name = a, action = offload } ]", "actorstack.policy.rules[0].engine", "kernel, toe")]
    [InlineData("rules = [ { name = a, action = offload, engine = gpu } ]", "actorstack.policy.rules[0].engine", "kernel, toe")]
    [InlineData("rules = [ { name = a, action = stay, engine = toe } ]", "actorstack.policy.rules[0].engine", "only with")]
    [InlineData("rules = [ { name = a, action = stay, mach = 1 } ]", "actorstack.policy.rules[0].mach", "match")]
    [InlineData(
        "rules = [ { name = a, action = stay, match = { port = 1 } } ]", "actorstack.policy.rules[0].match.port", "local-port")]
    [InlineData("rules = [ { name = a, action = stay, match = { local-port = 0 } } ]", "rules[0].match.local-port", "1 to 65535")]
    [InlineData(
        "rules = [ { name = a, action = stay, match = { local-port = \"9-8\" } } ]", "rules[0].match.local-port", "8000-8999")]
    [InlineData(
        "rules = [ { name = a, action = stay, match = { local-port = 65536 } } ]", "rules[0].match.local-port", "1 to 65535")]
    [InlineData(
        "rules = [ { name = a, action = stay, match = { remote = \"10.0.0.1/8\" } } ]", "rules[0].match.remote", "10.0.0.0/8")]
    [InlineData(
        "rules = [ { name = a, action = stay, match = { remote = \"10/8/9\" } } ]", "rules[0].match.remote", "10.0.0.0/8")]
    [InlineData("rules = [ { name = a, action = stay, match = { min-bytes = -1 } } ]", "rules[0].match.min-bytes", "64KiB")]
    [InlineData("rules = [ { name = a, action = stay, match = { min-bytes = 1Mb } } ]", "rules[0].match.min-bytes", "64KiB")]
    [InlineData("rules = [ { name = a, action = stay, match = { min-rate = 10MB } } ]", "rules[0].match.min-rate", "Mbit")]
    [InlineData("rules = [ { name = a, action = stay, match = { min-rtt = 1ns } } ]", "rules[0].match.min-rtt", "200us")]
    public void What_is_wrong_is_named_with_what_is_allowed(string hocon, string path, string allowed)
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse(hocon));
        Assert.Contains(path, error.Message);
        Assert.Contains(allowed, error.Message);
    }

    [Fact]
    public void A_stack_without_engines_says_so()
    {
        var config = ConfigurationFactory.ParseString(
            "actorstack.policy.rules = [ { name = a, action = offload, engine = kernel } ]");
        var error = Assert.Throws<ConfigurationException>(() => OffloadPolicy.Parse(config.GetConfig("actorstack.policy"), []));
        Assert.Contains("no engine", error.Message);
    }

    private static OffloadPolicy Parse(string hocon) =>
        OffloadPolicy.Parse(ConfigurationFactory.ParseString(hocon), Engines);

    private static string Show(IReadOnlyList<PortRange> ranges) =>
        string.Join(',', ranges.Select(range => $"{range.First}-{range.Last}"));

    private static string Show(IReadOnlyList<AddressPrefix> prefixes) =>
        string.Join(',', prefixes.Select(prefix => $"{prefix.Address}/{prefix.Length}"));
}
