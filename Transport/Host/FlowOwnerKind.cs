namespace ActorStack.Transport.Host;

/// <summary>Who may answer for a flow. Exactly one owner may; everybody else forwards or is silent.</summary>
public enum FlowOwnerKind : byte
{
    /// <summary>The flow is admitted, and nobody runs its connection yet: what comes first is held within bounds.</summary>
    Pending,

    /// <summary>The software stack of this host.</summary>
    Software,

    /// <summary>An offload engine of this host.</summary>
    Engine,

    /// <summary>Another node.</summary>
    Node,

    /// <summary>The connection is being recovered after a crash; its owner is not known yet.</summary>
    Recovering,
}
