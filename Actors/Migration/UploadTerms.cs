namespace ActorStack.Actors.Migration;

/// <summary>What is known of an upload from its request to its end.</summary>
/// <param name="Detail">What the engine said when it asked; else empty.</param>
/// <param name="MustSucceed">
/// The claim waits for the journal however long that takes, because engine, application and stack ask once and cannot do without
/// the upload. Only an operator is told in time that it came to nothing.
/// </param>
/// <param name="EngineIsLost">The engine is not asked: the state is salvaged.</param>
/// <param name="ThenReset">Why the connection is reset once the software stack has it; null: it goes on.</param>
internal readonly record struct UploadTerms(string Detail, bool MustSucceed, bool EngineIsLost = false, MigrationTrigger? ThenReset = null);
