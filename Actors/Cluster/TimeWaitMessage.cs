using ActorStack.Transport.Host;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// Connections in TIME-WAIT of a node that gives its connections away. They are at both nodes from now on, so that whichever gets
/// a late segment answers it rightly.
/// </summary>
/// <param name="Entries">The connections, those that end first at the beginning.</param>
internal sealed record TimeWaitMessage(IReadOnlyList<TimeWaitEntry> Entries) : NodeMessage
{
    /// <summary>The entries of one message, about 45 bytes each.</summary>
    private const int BatchSize = 8_192;

    /// <summary>The messages that carry all of these.</summary>
    public static IEnumerable<TimeWaitMessage> Batches(IEnumerable<TimeWaitEntry> entries) =>
        entries.Chunk(BatchSize).Select(batch => new TimeWaitMessage(batch));
}
