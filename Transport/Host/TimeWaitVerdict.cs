namespace ActorStack.Transport.Host;

/// <summary>The verdict of TIME-WAIT on a segment.</summary>
public enum TimeWaitVerdict
{
    /// <summary>The flow is not in TIME-WAIT.</summary>
    Unknown,

    /// <summary>The segment is dropped without an answer.</summary>
    Dropped,

    /// <summary>The answer is to be sent.</summary>
    Answered,

    /// <summary>A SYN that may open the flow anew (RFC 6191); the record stays until it is removed.</summary>
    Reusable,
}
