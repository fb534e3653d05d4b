namespace ActorStack.Actors;

/// <summary>Why the stack could not do what it was asked.</summary>
public enum FailureCode : byte
{
    UnknownConnection,
    UnknownEngine,
    PortInUse,

    /// <summary>The connection is moving, closing, or already where it should go.</summary>
    NotNow,
    Stopping,

    /// <summary>The journal takes no writes, and the claim of a move has to be there first.</summary>
    JournalFailing,
}
