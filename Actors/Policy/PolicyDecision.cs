using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Policy;

/// <summary>What to do with a connection now.</summary>
/// <param name="Action">Whether it stays, or moves, and in which direction.</param>
/// <param name="Engine">Where to, with <see cref="PolicyAction.Offload"/>; else empty.</param>
/// <param name="Rule">The rule that decided; empty where no rule matches any more.</param>
internal readonly record struct PolicyDecision(PolicyAction Action, string Engine, string Rule)
{
    /// <summary>The connection stays where it is.</summary>
    public static PolicyDecision Stay { get; } = new(PolicyAction.Stay, "", "");

    /// <summary>The rule that asks for the move, as the migration records it.</summary>
    public MigrationTrigger Trigger => Rule.Length > 0 ? new MigrationTrigger.PolicyRule(Rule) : MigrationTrigger.NoPolicyRule.Instance;
}
