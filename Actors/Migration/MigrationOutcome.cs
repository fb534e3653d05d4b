namespace ActorStack.Actors.Migration;

/// <summary>How a migration ended.</summary>
public enum MigrationOutcome : byte
{
    /// <summary>The new owner runs the connection.</summary>
    Completed,

    /// <summary>Refused or failed before the commit; the connection went on where it was.</summary>
    RolledBack,

    /// <summary>The engine was lost; the connection was rebuilt from host memory.</summary>
    Salvaged,

    /// <summary>The store refused the claim, because another owner has the connection: it has ended here, and its peer was told nothing.</summary>
    Fenced,
}
