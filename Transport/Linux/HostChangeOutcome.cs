namespace ActorStack.Transport.Linux;

/// <summary>What became of a part of the set-up that was taken away.</summary>
public enum HostChangeOutcome
{
    /// <summary>It is there again.</summary>
    Restored,

    /// <summary>It could not be put back, which is tried again.</summary>
    Missing,

    /// <summary>Parts of the set-up were taken away so often that they are put back only now and then.</summary>
    Contested,
}
