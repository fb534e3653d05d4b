namespace ActorStack.Actors.Migration;

/// <summary>The result of a migration.</summary>
public enum MigrationOutcome : byte
{
    /// <summary>The new owner runs the connection.</summary>
    Completed,

    /// <summary>The migration failed before the commit, and the connection stayed with its owner.</summary>
    RolledBack,

    /// <summary>The engine was lost, and the connection was rebuilt from host memory.</summary>
    Salvaged,

    /// <summary>
    /// The store refused the claim, because another owner has the connection. The connection ended here without a segment to
    /// its peer.
    /// </summary>
    Fenced,
}
