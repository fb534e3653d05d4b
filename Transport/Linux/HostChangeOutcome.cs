namespace ActorStack.Transport.Linux;

/// <summary>What became of a part of the set-up that was taken away.</summary>
public enum HostChangeOutcome
{
    /// <summary>It is there again.</summary>
    Restored,

    /// <summary>It could not be put back, which is tried again.</summary>
    Missing,

    /// <summary>It was taken away so often that it is put back only now and then.</summary>
    Contested,
}
