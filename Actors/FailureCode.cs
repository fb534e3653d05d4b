namespace ActorStack.Actors;

/// <summary>Why the stack could not do what it was asked.</summary>
public enum FailureCode : byte
{
    /// <summary>There is no connection of this identifier.</summary>
    UnknownConnection,

    /// <summary>There is no engine of this name.</summary>
    UnknownEngine,

    /// <summary>Another listener has the port.</summary>
    PortInUse,

    /// <summary>The connection is moving, closing, or already where it should go.</summary>
    NotNow,

    /// <summary>The service stops.</summary>
    Stopping,

    /// <summary>The journal takes no writes, and the claim of a move has to be there first.</summary>
    JournalFailing,
}
