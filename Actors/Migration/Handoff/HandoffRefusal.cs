namespace ActorStack.Actors.Migration.Handoff;

/// <summary>The reason why a node does not take a connection.</summary>
internal enum HandoffRefusal
{
    /// <summary>The node stops or drains.</summary>
    Leaving,

    /// <summary>The node has no service of this name, or does not have the local address.</summary>
    NoListener,

    /// <summary>A limit of the node does not allow another connection.</summary>
    NoCapacity,

    /// <summary>The node cannot read the record or the message: its build is too old or too new.</summary>
    UnknownFormat,

    /// <summary>The flow has an owner on the node, or a later epoch is known.</summary>
    Conflict,

    /// <summary>The store refused the claim or did not answer.</summary>
    ClaimFailed,

    /// <summary>The state cannot be imported.</summary>
    BadState,

    /// <summary>The application of the target refused the state.</summary>
    ApplicationRefused,

    /// <summary>The preparation was given up: its time limit passed, or the source abandoned it.</summary>
    Abandoned,
}
