namespace ActorStack.Actors.Policy;

/// <summary>The action of a rule or of a decision.</summary>
internal enum PolicyAction : byte
{
    /// <summary>The connection stays where it runs.</summary>
    Stay,

    /// <summary>The connection moves into an engine.</summary>
    Offload,

    /// <summary>The connection moves into the software stack.</summary>
    Upload,
}
