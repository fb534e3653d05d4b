namespace ActorStack.Actors.Migration.Handoff;

/// <summary>The properties of a connection by which the target decides whether it can take the connection.</summary>
/// <param name="Local">The local end point, as text.</param>
/// <param name="Remote">The remote end point, as text.</param>
/// <param name="Service">The name of the service whose application runs the connection.</param>
/// <param name="RecordVersion">The version of the record format of the source's build.</param>
/// <param name="QueuedBytes">The payload in both queues, in bytes.</param>
/// <param name="ApplicationBytes">The expected size of the application's state in bytes; 0: unknown or none.</param>
internal sealed record HandoffOffer(
    string Local, string Remote, string Service, int RecordVersion, long QueuedBytes, long ApplicationBytes);
