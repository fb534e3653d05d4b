namespace ActorStack.Actors.Migration;

/// <summary>The terms of an upload, fixed at its request.</summary>
/// <param name="Detail">The engine's message with its request; otherwise empty.</param>
/// <param name="MustSucceed">
/// The claim waits for the journal without a limit. An engine, an application or a stopping stack asks once and needs the
/// upload. An operator gets an error after the limit instead.
/// </param>
/// <param name="EngineIsLost">The engine is not asked; the state is salvaged.</param>
/// <param name="ThenReset">The reason why the software stack resets the connection after the upload; null: the connection
/// continues.</param>
internal readonly record struct UploadTerms(
    string Detail, bool MustSucceed, bool EngineIsLost = false, MigrationTrigger? ThenReset = null);
