namespace ActorStack.Actors;

/// <summary>The reason why the stack could not do what it was asked.</summary>
public enum FailureCode : byte
{
    /// <summary>No connection has this id.</summary>
    UnknownConnection,

    /// <summary>No engine has this name.</summary>
    UnknownEngine,

    /// <summary>Another listener uses the port.</summary>
    PortInUse,

    /// <summary>The connection is moving, closing, or already where it should move.</summary>
    NotNow,

    /// <summary>The service stops.</summary>
    Stopping,

    /// <summary>The journal takes no writes, but a move must journal its claim first.</summary>
    JournalFailing,

    /// <summary>The cluster has no node of this name, or no other node at all.</summary>
    UnknownNode,

    /// <summary>The stack does not have this address.</summary>
    UnknownAddress,
}
