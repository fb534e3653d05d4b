namespace ActorStack.Transport.Engines.Emulated;

internal enum ToeCompletionKind : byte
{
    Initiated,
    Refused,
    UploadRequested,
    Terminated,
    Aborted,
}
