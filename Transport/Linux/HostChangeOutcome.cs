namespace ActorStack.Transport.Linux;

/// <summary>The state of a part of the set-up that was taken away.</summary>
public enum HostChangeOutcome
{
    /// <summary>The part is there again.</summary>
    Restored,

    /// <summary>The part could not be put back; further attempts follow.</summary>
    Missing,

    /// <summary>The part was taken away so often that it is put back only now and then.</summary>
    Contested,
}
