namespace ActorStack.Actors.Policy;

/// <summary>What a rule, and what a decision wants.</summary>
internal enum PolicyAction : byte
{
    /// <summary>Leave the connection where it runs.</summary>
    Stay,

    /// <summary>Move it into an engine.</summary>
    Offload,

    /// <summary>Move it into the software stack.</summary>
    Upload,
}
