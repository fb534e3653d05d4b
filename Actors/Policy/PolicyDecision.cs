using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Policy;

/// <summary>The decision about one connection.</summary>
/// <param name="Action">Whether it stays, or moves, and in which direction.</param>
/// <param name="Engine">The target engine of <see cref="PolicyAction.Offload"/>; otherwise empty.</param>
/// <param name="Rule">The rule that decided; empty where no rule matches any more.</param>
internal readonly record struct PolicyDecision(PolicyAction Action, string Engine, string Rule)
{
    /// <summary>The connection stays where it is.</summary>
    public static PolicyDecision Stay { get; } = new(PolicyAction.Stay, "", "");

    /// <summary>The trigger by which the migration records the rule.</summary>
    public MigrationTrigger Trigger =>
        Rule.Length > 0 ? new MigrationTrigger.PolicyRule(Rule) : MigrationTrigger.NoPolicyRule.Instance;
}
