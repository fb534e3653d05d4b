namespace ActorStack.TestKit.Capture;

/// <summary>What a connection on the wire must keep to, whoever runs it.</summary>
public enum WireRule
{
    /// <summary>Nobody sends a RST.</summary>
    NoReset,

    /// <summary>Each segment starts at or before the end of what was sent before it.</summary>
    NoGap,

    /// <summary>A sequence number always carries the same byte, SYN and FIN stay at their places.</summary>
    SameBytes,

    /// <summary>
    /// The right edge of the window never moves to the left by more than the scale's rounding (RFC 9293 section 3.8.6, SHLD-14;
    /// RFC 7323 section 2.4).
    /// </summary>
    WindowNeverShrinks,

    /// <summary>No byte is sent beyond the window, but one as a probe (RFC 9293 section 3.8.6.1).</summary>
    WithinWindow,

    /// <summary>TSval never decreases in a direction (RFC 7323 section 4.1).</summary>
    TimestampsMonotone,

    /// <summary>Each segment has timestamps where the SYNs agreed on them (RFC 7323 section 3.2).</summary>
    TimestampsPresent,

    /// <summary>TSecr is 0 or not later than what the other side has sent (RFC 7323 section 3.2).</summary>
    EchoKnown,

    /// <summary>ACK and SACK cover only bytes that the other side has sent.</summary>
    AcknowledgesSent,

    /// <summary>The acknowledgment number never decreases.</summary>
    AcknowledgmentsMonotone,
}
