namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The ranks of announcements below the epochs of connections, which are 0 or more: where two nodes announce a flow, the segments
/// are for the one with the higher rank.
/// </summary>
internal static class FlowRank
{
    /// <summary>
    /// The node knows what became of the connection: it has the flow in TIME-WAIT, or forwards it to the node that has the
    /// connection.
    /// </summary>
    public const long Remembered = -2;

    /// <summary>
    /// The connection is in its handshake. Another node may have answered a repeated SYN; the established connection counts.
    /// </summary>
    public const long HalfOpen = -1;
}
