namespace ActorStack.Transport.State.Sections;

/// <summary>Explicit Congestion Notification (RFC 3168): the echo that is under way in each direction.</summary>
public sealed record EcnSection
{
    /// <summary>A mark arrived and is echoed until the peer says that it reduced its window.</summary>
    public bool Echoing { get; init; }

    /// <summary>The next new data tells the peer that the window was reduced (CWR).</summary>
    public bool CwrPending { get; init; }

    /// <summary>The window was reduced for an echo, or for a loss.</summary>
    public bool HasAnswered { get; init; }

    /// <summary>SND.MAX when the window was last reduced: an echo of data before it is of marks already answered.</summary>
    public uint AnsweredThrough { get; init; }
}
