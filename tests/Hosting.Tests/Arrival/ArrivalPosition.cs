namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>Where a segment lies against the window that was announced.</summary>
public enum ArrivalPosition
{
    /// <summary>It begins at RCV.NXT.</summary>
    LeftEdge,

    /// <summary>Its last number is the last of the window.</summary>
    RightEdge,

    /// <summary>Its last number is the last before the window.</summary>
    OutsideLeft,

    /// <summary>It begins beyond the window.</summary>
    OutsideRight,

    /// <summary>Its first half lies before the window.</summary>
    StraddlingLeft,

    /// <summary>Its second half lies beyond the window.</summary>
    StraddlingRight,
}
