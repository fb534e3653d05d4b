using System.Collections.Immutable;

namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>One step of the stand-in protocol.</summary>
internal readonly record struct MigrationStep(MigrationState State, ImmutableArray<MigrationOutput> Outputs);
