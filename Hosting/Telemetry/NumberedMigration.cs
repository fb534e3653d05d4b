using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Telemetry;

/// <summary>A move and its number since the start of the process, from 1.</summary>
internal sealed record NumberedMigration(long Number, MigrationRecord Record);
