using System.Collections.Immutable;

namespace ActorStack.Actors.Migration;

/// <summary>One step of the migration protocol: the next state, and the outputs in their order.</summary>
internal readonly record struct MigrationStep(MigrationState State, ImmutableArray<MigrationOutput> Outputs)
{
    public MigrationStep After(MigrationOutput first) => this with { Outputs = Outputs.Insert(0, first) };

    public MigrationStep Then(MigrationOutput last) => this with { Outputs = Outputs.Add(last) };
}
