namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What the stack of a node has of the connection.</summary>
internal enum StackCopy : byte
{
    None,

    /// <summary>It runs the connection, and emits while the node has the lease.</summary>
    Running,

    /// <summary>It has the state and emits nothing.</summary>
    Frozen,
}
