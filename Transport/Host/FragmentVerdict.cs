namespace ActorStack.Transport.Host;

/// <summary>The verdict on a fragment.</summary>
public enum FragmentVerdict
{
    /// <summary>The fragment waits for others.</summary>
    Kept,

    /// <summary>The packet is whole.</summary>
    Complete,

    /// <summary>The fragment overlaps another, or cannot belong to a well-formed packet: its whole packet is given up.</summary>
    Refused,
}
