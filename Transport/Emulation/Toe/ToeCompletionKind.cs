namespace ActorStack.Transport.Emulation.Toe;

internal enum ToeCompletionKind : byte
{
    Initiated,
    Refused,
    UploadRequested,
    Terminated,
    Aborted,
}
