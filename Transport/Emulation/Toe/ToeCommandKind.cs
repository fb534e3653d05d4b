namespace ActorStack.Transport.Emulation.Toe;

internal enum ToeCommandKind : byte
{
    Initiate,
    Activate,
    Terminate,

    /// <summary>Frees the table entry of a fenced connection.</summary>
    Forget,
}
