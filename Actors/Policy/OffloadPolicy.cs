using ActorStack.Transport.Engines;
using Akka.Configuration;

namespace ActorStack.Actors.Policy;

/// <summary>
/// Ordered rules. The first rule that matches decides; where none matches, the connection is not offloaded. The policy is pure:
/// the caller keeps the <see cref="PolicyMemory"/> and passes the time.
/// </summary>
public sealed record OffloadPolicy
{
    internal const int MaximumMovesRemembered = 64;

    /// <summary>The policy without rules, under which connections stay where they are.</summary>
    public static OffloadPolicy None { get; } = new();

    /// <summary>The rules in their order.</summary>
    internal IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>The time without a matching rule after which an offloaded connection returns to software.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The hysteresis, from 0 to 1: for the rule in force, minimums are multiplied by it and maximums divided by it.
    /// </summary>
    public double LeaveRatio { get; init; } = 0.5;

    /// <summary>The window over which the rate is measured.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The least time between two moves of one connection.</summary>
    public TimeSpan MinimumStay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most moves of one connection in <see cref="MovesWindow"/>, from 1 to 64.</summary>
    public int MaximumMoves { get; init; } = 6;

    /// <summary>The window of <see cref="MaximumMoves"/>.</summary>
    public TimeSpan MovesWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time for which an engine is not used after it refused a connection or asked to be rid of it. The time doubles with
    /// each refusal.
    /// </summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such time.</summary>
    public TimeSpan MaximumBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Reads the policy. Throws <see cref="ConfigurationException"/>, which names the path and the values that are allowed
    /// there.
    /// </summary>
    /// <param name="section">The block <c>actorstack.policy</c>; null or empty: no rules.</param>
    /// <param name="engines">The names of the available engines.</param>
    public static OffloadPolicy Parse(Config? section, IReadOnlyCollection<string> engines) =>
        new PolicyParser(engines).Parse(section);

    /// <summary>Decides which owner should run the connection.</summary>
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
            PolicyAction.Offload when owner != Owner.Engine(rule!.Engine) =>
                new PolicyDecision(PolicyAction.Offload, rule.Engine, name),
            PolicyAction.Upload when !owner.IsSoftware => new PolicyDecision(PolicyAction.Upload, "", name),
            _ => PolicyDecision.Stay,
        };
    }
}
