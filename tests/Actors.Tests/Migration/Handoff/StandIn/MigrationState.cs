namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>The states of the stand-in protocol.</summary>
/// <param name="Epoch">The epoch of the connection here, or the last one that the node knows of.</param>
/// <param name="Past">The epochs that the node has had or refused.</param>
internal abstract record MigrationState(long Epoch, Past Past)
{
    /// <summary>The node has nothing of the connection.</summary>
    public sealed record Absent(long Epoch, Past Past) : MigrationState(Epoch, Past);

    /// <summary>The node runs the connection.</summary>
    public sealed record Software(long Epoch, Past Past) : MigrationState(Epoch, Past);

    /// <summary>The node runs the connection and has asked the target to prepare.</summary>
    public sealed record Offering(long Epoch, Past Past, string Target) : MigrationState(Epoch, Past);

    /// <summary>The node runs the connection, and its application dehydrates itself.</summary>
    public sealed record Dehydrating(long Epoch, Past Past, string Target) : MigrationState(Epoch, Past);

    /// <summary>The node has sent the state and is in doubt.</summary>
    public sealed record Transferring(long Epoch, Past Past, string Target) : MigrationState(Epoch, Past);

    /// <summary>The node has given the connection up.</summary>
    public sealed record Departed(long Epoch, Past Past) : MigrationState(Epoch, Past);

    /// <summary>The node is claiming the epoch.</summary>
    public sealed record Claiming(long Epoch, Past Past, string Source) : MigrationState(Epoch, Past);

    /// <summary>The node has the claim and waits for the state.</summary>
    public sealed record Prepared(long Epoch, Past Past, string Source) : MigrationState(Epoch, Past);

    /// <summary>The node runs the connection, and the source has not confirmed that it gave the connection up.</summary>
    public sealed record Arrived(long Epoch, Past Past, string Source) : MigrationState(Epoch, Past);

    /// <summary>The connection has ended here.</summary>
    public sealed record Ended(long Epoch, Past Past) : MigrationState(Epoch, Past);
}
