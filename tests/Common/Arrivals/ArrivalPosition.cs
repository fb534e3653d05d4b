namespace ActorStack.Tests.Common.Arrivals;

/// <summary>Where a segment lies against the receive window that was announced, RCV.NXT to RCV.NXT+RCV.WND.</summary>
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
