namespace ActorStack.Actors.Policy;

/// <summary>What to do with a connection now.</summary>
/// <param name="Engine">Where to, with <see cref="PolicyAction.Offload"/>; else empty.</param>
/// <param name="Rule">The rule that decided; empty where no rule matches any more.</param>
public readonly record struct PolicyDecision(PolicyAction Action, string Engine, string Rule)
{
    public static PolicyDecision Stay { get; } = new(PolicyAction.Stay, "", "");

    /// <summary>For the migration's record: <c>policy: rule NAME</c> or <c>policy: no rule</c>.</summary>
    public string Trigger => Rule.Length > 0 ? $"policy: rule {Rule}" : "policy: no rule";
}
