using ActorStack.Transport.Engines;
using Akka.Configuration;

namespace ActorStack.Actors.Policy;

/// <summary>
/// Ordered rules; the first that matches decides, none means no offload. Pure: what it remembers is the caller's
/// <see cref="PolicyMemory"/>, and the time is given.
/// </summary>
public sealed record OffloadPolicy
{
    internal const int MaximumMovesRemembered = 64;

    /// <summary>The policy without rules, which leaves every connection where it is.</summary>
    public static OffloadPolicy None { get; } = new();

    /// <summary>The rules in their order. The first that matches decides.</summary>
    internal IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>How long no rule must have matched before an offloaded connection is taken back.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// 0 to 1: the rule in force goes on matching down to this part of its minimums, and up to its maximums over this.
    /// </summary>
    public double LeaveRatio { get; init; } = 0.5;

    /// <summary>Over which the rate is taken.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two moves of one connection.</summary>
    public TimeSpan MinimumStay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Moves of one connection in <see cref="MovesWindow"/>: 1 to 64.</summary>
    public int MaximumMoves { get; init; } = 6;

    /// <summary>The time in which a connection may make <see cref="MaximumMoves"/> moves.</summary>
    public TimeSpan MovesWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an engine is left alone that refused a connection or asked to be rid of it; doubles each time.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time that an engine which refused is left alone.</summary>
    public TimeSpan MaximumBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Throws <see cref="ConfigurationException"/> naming the path and what is allowed there.</summary>
    /// <param name="section">The block <c>actorstack.policy</c>; null or empty: no rules.</param>
    /// <param name="engines">Names of the engines there are.</param>
    public static OffloadPolicy Parse(Config? section, IReadOnlyCollection<string> engines) => new PolicyParser(engines).Parse(section);

    /// <summary>Decides where the connection should run.</summary>
    internal PolicyDecision Evaluate(in ConnectionFacts facts, PolicyMemory memory, TimeSpan now)
    {
        memory.Sample(facts.Bytes, RateWindow, now);
        var candidate = FirstMatch(facts, memory);
        memory.Consider(candidate, now);
        if (memory.IsPinned || now - memory.CandidateSince < (candidate?.Hold ?? Hold)) return PolicyDecision.Stay;

        memory.InForce = candidate;
        var decision = Decide(candidate, facts.Owner);
        if (decision.Action == PolicyAction.Stay) return decision;
        if (decision.Action == PolicyAction.Offload && memory.IsBackedOff(decision.Engine, now)) return PolicyDecision.Stay;
        return memory.MayMove(this, now) ? decision : PolicyDecision.Stay;
    }

    private PolicyRule? FirstMatch(in ConnectionFacts facts, PolicyMemory memory)
    {
        foreach (var rule in Rules)
        {
            var slack = ReferenceEquals(rule, memory.InForce) ? LeaveRatio : 1;
            if (rule.Matches(facts, memory.Rate, slack)) return rule;
        }

        return null;
    }

    private static PolicyDecision Decide(PolicyRule? rule, Owner owner)
    {
        var name = rule?.Name ?? "";
        return (rule?.Action ?? PolicyAction.Upload) switch
        {
            PolicyAction.Offload when owner != Owner.Engine(rule!.Engine) => new PolicyDecision(PolicyAction.Offload, rule.Engine, name),
            PolicyAction.Upload when !owner.IsSoftware => new PolicyDecision(PolicyAction.Upload, "", name),
            _ => PolicyDecision.Stay,
        };
    }
}
