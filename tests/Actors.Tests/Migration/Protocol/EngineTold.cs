namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>
/// What an engine has told under one handle. A message that was sent once can be delivered at any later time and any number of
/// times, which covers reordering, duplicates and stale messages.
/// </summary>
[Flags]
internal enum EngineTold : byte
{
    None = 0,
    Initiated = 1,
    Refused = 2,
    UploadRequested = 4,
    Lost = 8,
    Frozen = 16,
    Terminated = 32,
    Aborted = 64,
}
