using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>The outputs of the stand-in protocol.</summary>
internal abstract record MigrationOutput
{
    public sealed record Send(string To, HandoffMessage Message) : MigrationOutput;

    public sealed record PersistClaim(long Epoch) : MigrationOutput;

    public sealed record ArmLimit : MigrationOutput;

    public sealed record DisarmLimit : MigrationOutput;

    public sealed record Dehydrate : MigrationOutput;

    public sealed record Freeze : MigrationOutput;

    public sealed record Import : MigrationOutput;

    public sealed record Resume : MigrationOutput;

    public sealed record Drop : MigrationOutput;
}
