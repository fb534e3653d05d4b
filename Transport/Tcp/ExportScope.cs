namespace ActorStack.Transport.Tcp;

/// <summary>How much of the send queue a record takes along.</summary>
public enum ExportScope
{
    /// <summary>Everything: for another process or machine, and for simulations.</summary>
    Whole,

    /// <summary>
    /// The bytes that the stack sent and that an engine gave back; the rest stays in the application's pipe, which the next stack
    /// shares.
    /// </summary>
    Attached,

    /// <summary>
    /// No bytes at all, sent, unsent or out of order: for the status of a connection whose queues are kept elsewhere.
    /// </summary>
    Bare,
}
