namespace ActorStack.Transport.Host;

/// <summary>The verdict on a fragment.</summary>
public enum FragmentVerdict
{
    /// <summary>It waits for others.</summary>
    Kept,

    /// <summary>The packet is whole.</summary>
    Complete,

    /// <summary>It overlaps another, or says what cannot be: all of its packet is given up.</summary>
    Refused,
}
